using System.Text;
using Microsoft.Win32.SafeHandles;
using PerfLog.Buffers;

namespace PerfLog.Server.Output;

/// <summary>
/// Standard output that tells when its reader is gone, as when a command stands before <c>| head</c>. .NET's own stream keeps that
/// to itself, and a command would go on writing to nobody.
/// </summary>
internal static class StandardOutput
{
    private const nint Descriptor = 1;

    /// <summary>Has <see cref="Console.Out"/> tell it, too. A terminal and a file stay as they are.</summary>
    public static void Install()
    {
        if (Pipe() is { } pipe) Console.SetOut(new StreamWriter(pipe, new UTF8Encoding(false)) { AutoFlush = true });
    }

    /// <summary>The stream for bytes.</summary>
    public static Stream Open() => Pipe() ?? Console.OpenStandardOutput();

    private static OutputPipe? Pipe()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected) return null;
        FileStream output = new(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);

        // A file has a place to write at, which standard error may share.
        return output.CanSeek ? null : new OutputPipe(output);
    }
}

/// <summary>The reader of standard output is gone.</summary>
internal sealed class OutputClosedException(IOException cause) : IOException("Nobody reads the output any more.", cause);

/// <summary>A pipe or socket to write to, whose closing is an <see cref="OutputClosedException"/>. One thread at a time writes.</summary>
internal sealed class OutputPipe(Stream output) : WriteOnlyStream
{
    private const int BrokenPipe = 32;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            output.Write(buffer);
        }
        catch (IOException failure) when (failure.HResult == BrokenPipe)
        {
            throw new OutputClosedException(failure);
        }
    }
}
