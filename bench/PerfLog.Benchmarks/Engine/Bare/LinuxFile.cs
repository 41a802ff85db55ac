using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PerfLog.Benchmarks.Engine.Bare;

/// <summary>A file by the system's own calls, for the limits that the engine is held against. Removed when disposed.</summary>
internal sealed unsafe partial class LinuxFile : IDisposable
{
    private const int ReadWriteCreate = 0x42;
    private const int Direct = 0x4000;
    private const int OwnerMayAll = 0x180;

    private readonly string _path;

    public LinuxFile(string path, bool isDirect, long preallocatedBytes, bool keepsLength = false)
    {
        _path = path;
        int flags = ReadWriteCreate | (isDirect ? Direct : 0);
        Descriptor = Open(path, flags, OwnerMayAll);
        if (Descriptor < 0) throw new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        if (preallocatedBytes > 0) Check(Fallocate(Descriptor, keepsLength ? 1 : 0, 0, preallocatedBytes));
        Handle = new SafeFileHandle(Descriptor, ownsHandle: true);
    }

    public int Descriptor { get; }

    public SafeFileHandle Handle { get; }

    public void Flush() => Check(Fdatasync(Descriptor));

    public void Dispose()
    {
        Handle.Dispose();
        File.Delete(_path);
    }

    private void Check(int result)
    {
        if (result != 0) throw new IOException($"{_path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int Fdatasync(int descriptor);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int Fallocate(int descriptor, int mode, long offset, long length);
}
