using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace PerfLog.Storage;

/// <summary>
/// A memory-mapped file of the <see cref="VectoredDevice"/>. It holds no file handle: the mapping alone keeps the pages,
/// and the rare calls that need a handle open one. Trimming leaves the address range mapped; nobody reads past the trim.
/// </summary>
internal sealed unsafe class VectoredMapping : IMappedFile
{
    private const int PageBytes = 4096;
    private static readonly byte[] ZeroPage = new byte[PageBytes];

    private readonly string _path;
    private readonly SafeMemoryMappedViewHandle? _view;
    private readonly byte* _start;
    private int _length;
    private int _reservedBytes;

    public VectoredMapping(string path, int capacityBytes)
    {
        _path = path;
        using SafeFileHandle handle = OpenHandle(capacityBytes > 0 ? FileMode.OpenOrCreate : FileMode.Open);
        int existing = checked((int)RandomAccess.GetLength(handle));
        _length = Math.Max(existing, capacityBytes);
        _reservedBytes = RoundUpToPage(existing);
        if (_length == 0) return;

        if (_length > existing) RandomAccess.SetLength(handle, _length);
        using var file = MemoryMappedFile.CreateFromFile(
            handle, null, _length, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);

        // Only the view's handle is kept: disposing the accessor would wait for the disk.
        MemoryMappedViewAccessor accessor = file.CreateViewAccessor(0, _length);
        _view = accessor.SafeMemoryMappedViewHandle;
        _view.AcquirePointer(ref _start);
    }

    public ReadOnlySpan<byte> Bytes => new(_start, Volatile.Read(ref _length));

    public Span<byte> Reserve(int position, int length)
    {
        // The span's own bounds check makes the pointer sound: it never reaches past the mapped length.
        Span<byte> all = new(_start, _length);
        if (position + length > _reservedBytes) TakeDiskSpace(position + length);
        return all.Slice(position, length);
    }

    public void Trim(int length)
    {
        using SafeFileHandle handle = OpenHandle(FileMode.Open);
        RandomAccess.SetLength(handle, length);
        Volatile.Write(ref _length, Math.Min(_length, length));
    }

    public void Flush()
    {
        using SafeFileHandle handle = OpenHandle(FileMode.Open);
        RandomAccess.FlushToDisk(handle);
    }

    public void Dispose()
    {
        if (_view is null || _view.IsClosed) return;
        _view.ReleasePointer();
        _view.Dispose();
    }

    // Writing zeros by a system call makes the file system take blocks now and report a full disk as an error.
    private void TakeDiskSpace(int end)
    {
        using SafeFileHandle handle = OpenHandle(FileMode.Open);
        while (_reservedBytes < end)
        {
            int bytes = Math.Min(PageBytes, _length - _reservedBytes);
            RandomAccess.Write(handle, ZeroPage.AsSpan(0, bytes), _reservedBytes);
            _reservedBytes += PageBytes;
        }
    }

    private SafeFileHandle OpenHandle(FileMode mode) =>
        File.OpenHandle(_path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    private static int RoundUpToPage(int bytes) => (bytes + PageBytes - 1) / PageBytes * PageBytes;
}
