using Microsoft.Win32.SafeHandles;

namespace PerfLog.Storage;

/// <summary>A file of the <see cref="VectoredDevice"/>.</summary>
internal sealed class VectoredFile : IStorageFile
{
    // One huge buffered write costs up to ten times the processor time of the same bytes in pieces of this size.
    private const int WriteBytesMax = 256 * 1024;

    private readonly SafeFileHandle _handle;

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
        while (bytes.Length > WriteBytesMax)
        {
            RandomAccess.Write(_handle, bytes[..WriteBytesMax], position);
            bytes = bytes[WriteBytesMax..];
            position += WriteBytesMax;
        }

        RandomAccess.Write(_handle, bytes, position);
    }

    public void WriteGathered(long position, IReadOnlyList<ReadOnlyMemory<byte>> pieces)
    {
        List<ReadOnlyMemory<byte>> group = [];
        int groupBytes = 0;
        foreach (ReadOnlyMemory<byte> piece in pieces)
        {
            if (groupBytes > 0 && groupBytes + piece.Length > WriteBytesMax)
            {
                position = WriteGroup(position, group, groupBytes);
                groupBytes = 0;
            }

            group.Add(piece);
            groupBytes += piece.Length;
        }

        if (groupBytes > 0) WriteGroup(position, group, groupBytes);
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

    private long WriteGroup(long position, List<ReadOnlyMemory<byte>> group, int groupBytes)
    {
        if (group.Count == 1) Write(position, group[0].Span);
        else RandomAccess.Write(_handle, group, position);
        group.Clear();
        return position + groupBytes;
    }
}
