using System.Runtime.InteropServices;

namespace PerfLog.Server.Clients;

/// <summary>
/// Standard input that tells when the program was started without one, as by <c>&lt;&amp;-</c>. The runtime then gets descriptor 0 for a
/// pipe of its own, and who reads from it waits for ever.
/// </summary>
internal static class StandardInput
{
    private const int Descriptor = 0;
    private const int GetDescriptorFlags = 1;
    private const int CloseOnExec = 1;

    /// <summary>What the systems call standard input where they want a file.</summary>
    private static readonly string[] Names = ["/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"];

    /// <exception cref="CommandException">There is no standard input.</exception>
    public static Stream Open()
    {
        Require();
        return Console.OpenStandardInput();
    }

    /// <summary>Has words of a command line not name what is not there: opened by its name, it is the runtime's pipe, too.</summary>
    /// <exception cref="CommandException">One names standard input, and there is none.</exception>
    public static void RequireWhereNamed(IEnumerable<string> words)
    {
        if (words.Any(static word => Names.Any(name => word.EndsWith(name, StringComparison.Ordinal)))) Require();
    }

    private static void Require()
    {
        if (IsClosed()) throw new CommandException("Standard input is closed: name a file, or give a file, a pipe or a terminal as standard input.");
    }

    // A descriptor that closes on exec cannot have come through one: the program has opened it itself, where none was.
    private static bool IsClosed()
    {
        if (OperatingSystem.IsWindows()) return false;
        int flags = Fcntl(Descriptor, GetDescriptorFlags);
        return flags < 0 || (flags & CloseOnExec) != 0;
    }

#pragma warning disable SYSLIB1054 // The generated stubs need unsafe code, which this assembly does without.
    // Without the third argument, which the flags' reading has none of, it is no matter that the function takes a varying number.
    [DllImport("libc", EntryPoint = "fcntl")]
    private static extern int Fcntl(int descriptor, int command);
#pragma warning restore SYSLIB1054
}
