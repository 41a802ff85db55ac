using System.Buffers.Binary;
using PerfLog.Storage;

namespace PerfLog.Testing.Storage;

/// <summary>
/// A disk that has spoiled the offset indexes: they answer the next entry's position. Who trusts them starts to read too late.
/// </summary>
public sealed class MisleadingIndexDevice(TimeProvider time) : IStorageDevice
{
    private const int EntryBytes = 8;

    private readonly MemoryDevice _inner = new(time);

    /// <inheritdoc/>
    public string Name => "misleading";

    /// <inheritdoc/>
    public IMappedFile Map(string path, int capacityBytes)
    {
        IMappedFile honest = _inner.Map(path, capacityBytes);
        return path.EndsWith(".index", StringComparison.Ordinal) ? new Misleading(honest) : honest;
    }

    /// <inheritdoc/>
    public IStorageFile OpenFile(string path, FileOpening opening) => _inner.OpenFile(path, opening);

    /// <inheritdoc/>
    public bool FileExists(string path) => _inner.FileExists(path);

    /// <inheritdoc/>
    public bool DirectoryExists(string path) => _inner.DirectoryExists(path);

    /// <inheritdoc/>
    public void CreateDirectory(string path) => _inner.CreateDirectory(path);

    /// <inheritdoc/>
    public IReadOnlyList<FileEntry> ListFiles(string directory) => _inner.ListFiles(directory);

    /// <inheritdoc/>
    public IReadOnlyList<string> ListDirectories(string directory) => _inner.ListDirectories(directory);

    /// <inheritdoc/>
    public TimestampMs LastWriteTime(string path) => _inner.LastWriteTime(path);

    /// <inheritdoc/>
    public void RenameFile(string from, string to) => _inner.RenameFile(from, to);

    /// <inheritdoc/>
    public void RenameDirectory(string from, string to) => _inner.RenameDirectory(from, to);

    /// <inheritdoc/>
    public void DeleteFile(string path) => _inner.DeleteFile(path);

    /// <inheritdoc/>
    public void DeleteDirectory(string path) => _inner.DeleteDirectory(path);

    /// <inheritdoc/>
    public void FlushDirectory(string path) => _inner.FlushDirectory(path);

    /// <inheritdoc/>
    public IDisposable? TryLock(string path) => _inner.TryLock(path);

    private sealed class Misleading(IMappedFile honest) : IMappedFile
    {
        public ReadOnlySpan<byte> Bytes
        {
            get
            {
                byte[] bytes = honest.Bytes.ToArray();
                for (int at = 0; at + 2 * EntryBytes <= bytes.Length; at += EntryBytes)
                {
                    int next = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at + EntryBytes + 4));
                    if (next > 0) BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at + 4), next);
                }

                return bytes;
            }
        }

        public Span<byte> Reserve(int position, int length) => honest.Reserve(position, length);

        public void Trim(int length) => honest.Trim(length);

        public void Flush() => honest.Flush();

        public void Dispose() => honest.Dispose();
    }
}
