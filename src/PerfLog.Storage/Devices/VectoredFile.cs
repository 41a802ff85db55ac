using Microsoft.Win32.SafeHandles;

namespace PerfLog.Storage;

/// <summary>A file of the <see cref="VectoredDevice"/>.</summary>
internal sealed class VectoredFile : IStorageFile
{
    // One huge buffered write costs up to ten times the processor time of the same bytes in pieces of this size.
    private const int WriteBytesMax = 256 * 1024;

    private readonly SafeFileHandle _handle;

    // What goes into one system call. One thread writes at a time.
    private readonly List<ReadOnlyMemory<byte>> _group = [];

    public VectoredFile(string path, FileOpening opening)
        : this(path, Open(path, opening))
    {
    }

    public VectoredFile(string path, SafeFileHandle ownedHandle)
    {
        Path = path;
        _handle = ownedHandle;
    }

    public string Path { get; }

    public SafeFileHandle? Handle => _handle;

    public long Length => RandomAccess.GetLength(_handle);

    public int Read(long position, Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length)
        {
            int read = RandomAccess.Read(_handle, destination[done..], position + done);
            if (read == 0) break;
            done += read;
        }

        return done;
    }

    public void Write(long position, ReadOnlySpan<byte> bytes)
    {
        while (RoomAt(position) is var room && bytes.Length > room)
        {
            RandomAccess.Write(_handle, bytes[..room], position);
            bytes = bytes[room..];
            position += room;
        }

        RandomAccess.Write(_handle, bytes, position);
    }

    public void WriteGathered(long position, IReadOnlyList<ReadOnlyMemory<byte>> pieces)
    {
        // A write that failed has left its pieces.
        _group.Clear();
        int groupBytes = 0;
        for (int i = 0; i < pieces.Count; i++)
        {
            for (ReadOnlyMemory<byte> rest = pieces[i]; !rest.IsEmpty;)
            {
                int taken = Math.Min(rest.Length, RoomAt(position) - groupBytes);
                _group.Add(rest[..taken]);
                groupBytes += taken;
                rest = rest[taken..];
                if (groupBytes == RoomAt(position)) WriteGroup(ref position, ref groupBytes);
            }
        }

        if (groupBytes > 0) WriteGroup(ref position, ref groupBytes);
    }

    public void SetLength(long length) => RandomAccess.SetLength(_handle, length);

    public void Preallocate(long length)
    {
        if (OperatingSystem.IsLinux()) _ = Libc.TryReserve(_handle, length);
    }

    public void Extend(long length)
    {
        if (!OperatingSystem.IsLinux() || !Libc.TryExtend(_handle, length)) SetLength(length);
    }

    public void BeginWriteback(long position, long length)
    {
        if (OperatingSystem.IsLinux()) Libc.BeginWriteback(_handle, position, length);
    }

    public void WriteBack(long position, long length)
    {
        if (OperatingSystem.IsLinux()) Libc.WriteBack(_handle, Path, position, length);
    }

    public void Flush()
    {
        if (OperatingSystem.IsLinux()) Libc.FlushData(_handle, Path);
        else RandomAccess.FlushToDisk(_handle);
    }

    public void Dispose() => _handle.Dispose();

    private static SafeFileHandle Open(string path, FileOpening opening)
    {
        FileMode mode = opening == FileOpening.OrCreate ? FileMode.OpenOrCreate : FileMode.Open;

        // Other programs may read the files, and a deleted segment is renamed while readers have it open.
        const FileShare sharing = FileShare.ReadWrite | FileShare.Delete;
        return File.OpenHandle(path, mode, FileAccess.ReadWrite, sharing);
    }

    // The page cache takes a range in the largest pieces of memory that its place in the file allows.
    private static int RoomAt(long position) => WriteBytesMax - (int)(position % WriteBytesMax);

    private void WriteGroup(ref long position, ref int bytes)
    {
        if (_group.Count == 1) RandomAccess.Write(_handle, _group[0].Span, position);
        else RandomAccess.Write(_handle, _group, position);
        _group.Clear();
        position += bytes;
        bytes = 0;
    }
}
