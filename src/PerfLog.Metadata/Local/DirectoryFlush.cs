using System.Runtime.InteropServices;

namespace PerfLog.Metadata;

/// <summary>Makes the names in a directory durable, which .NET has no call for.</summary>
internal static class DirectoryFlush
{
    private const int OpenReadOnly = 0;

    public static void Flush(string directory)
    {
        // Windows keeps a rename durable with the file system's own journal and lets nobody flush a directory.
        if (OperatingSystem.IsWindows()) return;
        int descriptor = Open(directory, OpenReadOnly);
        if (descriptor < 0) throw Failure(directory, "opened");
        try
        {
            if (FlushDescriptor(descriptor) != 0) throw Failure(directory, "flushed");
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Failure(string directory, string verb) =>
        new($"The directory {directory} cannot be {verb}: {Marshal.GetLastPInvokeErrorMessage()}");

#pragma warning disable SYSLIB1054 // The generated stubs need unsafe code, which this assembly does without.
    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int FlushDescriptor(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int Close(int descriptor);
#pragma warning restore SYSLIB1054
}
