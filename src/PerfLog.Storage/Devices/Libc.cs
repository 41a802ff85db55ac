using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PerfLog.Storage;

/// <summary>The few system calls that the class library has no method for. Only on Unix.</summary>
internal static partial class Libc
{
    private const int OpenReadOnly = 0;
    private const int OpenCloseOnExecLinux = 0x80000;
    private const int OpenReadWrite = 2;
    private const int OpenDirect = 0x4000;
    private const int OpenDirectArm = 0x10000;
    private const int KeepSize = 1;
    private const uint SyncWaitBefore = 1;
    private const uint SyncWrite = 2;
    private const uint SyncWaitAfter = 4;
    private const int Interrupted = 4;
    private const int InputOutputError = 5;
    private const int NoSpaceLeft = 28;
    private const int QuotaExceeded = 122;

    /// <summary>Makes a directory's entries durable; the class library cannot open a directory.</summary>
    public static void FlushDirectory(string path)
    {
        int descriptor = Open(path, OpenReadOnly | (OperatingSystem.IsLinux() ? OpenCloseOnExecLinux : 0));
        if (descriptor < 0) throw Failure(path, "cannot open the directory");
        try
        {
            if (Fsync(descriptor) != 0) throw Failure(path, "cannot flush the directory");
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>Reserves disk space without changing the file's length, so that a crash leaves no trailing zeros.</summary>
    /// <returns>False where the file system cannot; then the space is taken as the file grows.</returns>
    public static bool TryReserve(SafeHandle handle, long length) => Fallocate(handle, KeepSize, 0, length) == 0;

    /// <summary>Reserves disk space and lengthens the file to it; where there is less space taken already, that stays.</summary>
    public static bool TryExtend(SafeHandle handle, long length) => Fallocate(handle, 0, 0, length) == 0;

    /// <summary>Has the kernel begin to write dirty pages. Only Linux has it; what fails here shows when the file is flushed.</summary>
    public static void BeginWriteback(SafeHandle handle, long position, long length) =>
        _ = SyncFileRange(handle, position, length, SyncWrite);

    /// <summary>Has the kernel write dirty pages and waits for it; where there is no such call, nothing happens. What failed in any part
    /// of the file may be told here and then by no later flush.</summary>
    /// <exception cref="IOException">The disk failed; what became of the bytes is unknown.</exception>
    public static void WriteBack(SafeHandle handle, string path, long position, long length)
    {
        if (SyncFileRange(handle, position, length, SyncWaitBefore | SyncWrite | SyncWaitAfter) == 0) return;
        int error = Marshal.GetLastPInvokeError();
        if (error is InputOutputError or NoSpaceLeft or QuotaExceeded)
            throw new IOException($"{path}: cannot write back: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    /// <summary>Makes a file's bytes durable, and of the rest what finding them takes: its length, but not its times, which would have
    /// the file system's journal written with nearly each flush.</summary>
    /// <exception cref="IOException">The disk failed; what became of the bytes is unknown.</exception>
    public static void FlushData(SafeHandle handle, string path)
    {
        while (Fdatasync(handle) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != Interrupted) throw new IOException($"{path}: cannot flush: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    /// <summary>Opens a file for reading and writing past the page cache.</summary>
    /// <returns>Null where the file system cannot.</returns>
    public static SafeFileHandle? TryOpenDirect(string path)
    {
        bool isArm = RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64;
        int descriptor = Open(path, OpenReadWrite | OpenCloseOnExecLinux | (isArm ? OpenDirectArm : OpenDirect));
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static StorageException Failure(string path, string what) =>
        new(path, $"{what}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int Fdatasync(SafeHandle descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int Fallocate(SafeHandle descriptor, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "sync_file_range", SetLastError = true)]
    private static partial int SyncFileRange(SafeHandle descriptor, long offset, long length, uint flags);
}
