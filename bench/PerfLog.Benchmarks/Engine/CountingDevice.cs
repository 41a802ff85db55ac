using Microsoft.Win32.SafeHandles;
using PerfLog.Storage;

namespace PerfLog.Benchmarks.Engine;

/// <summary>The machine's device, with a count of the flushes of log files. Any thread.</summary>
internal sealed class CountingDevice(IStorageDevice inner) : IStorageDevice
{
    private long _flushes;

    public long Flushes => Volatile.Read(ref _flushes);

    public string Name => inner.Name;

    public IStorageFile OpenFile(string path, FileOpening opening)
    {
        IStorageFile file = inner.OpenFile(path, opening);
        return path.EndsWith(".log", StringComparison.Ordinal) ? new CountingFile(file, this) : file;
    }

    public void FlushFiles(IReadOnlyList<IStorageFile> files)
    {
        for (int i = 0; i < files.Count; i++) files[i].Flush();
    }

    public IMappedFile Map(string path, int capacityBytes) => inner.Map(path, capacityBytes);

    public bool FileExists(string path) => inner.FileExists(path);

    public bool DirectoryExists(string path) => inner.DirectoryExists(path);

    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    public IReadOnlyList<FileEntry> ListFiles(string directory) => inner.ListFiles(directory);

    public IReadOnlyList<string> ListDirectories(string directory) => inner.ListDirectories(directory);

    public TimestampMs LastWriteTime(string path) => inner.LastWriteTime(path);

    public void RenameFile(string from, string to) => inner.RenameFile(from, to);

    public void RenameDirectory(string from, string to) => inner.RenameDirectory(from, to);

    public void DeleteFile(string path) => inner.DeleteFile(path);

    public void DeleteDirectory(string path) => inner.DeleteDirectory(path);

    public long FreeSpace(string path) => inner.FreeSpace(path);

    public void FlushDirectory(string path) => inner.FlushDirectory(path);

    public IDisposable? TryLock(string path) => inner.TryLock(path);

    private sealed class CountingFile(IStorageFile ownedInner, CountingDevice owner) : IStorageFile
    {
        public string Path => ownedInner.Path;

        public SafeFileHandle? Handle => ownedInner.Handle;

        public long Length => ownedInner.Length;

        public int Read(long position, Span<byte> destination) => ownedInner.Read(position, destination);

        public void Write(long position, ReadOnlySpan<byte> bytes) => ownedInner.Write(position, bytes);

        public void WriteGathered(long position, IReadOnlyList<ReadOnlyMemory<byte>> pieces) => ownedInner.WriteGathered(position, pieces);

        public void SetLength(long length) => ownedInner.SetLength(length);

        public void Preallocate(long length) => ownedInner.Preallocate(length);

        public void Flush()
        {
            Interlocked.Increment(ref owner._flushes);
            ownedInner.Flush();
        }

        public void Dispose() => ownedInner.Dispose();
    }
}
