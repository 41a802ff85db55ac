using PerfLog.Storage;

namespace PerfLog.Testing.Storage;

/// <summary>A device that does what another one does, for those that change one thing about it.</summary>
public abstract class ForwardingDevice(IStorageDevice inner) : IStorageDevice
{
    /// <inheritdoc/>
    public virtual string Name => inner.Name;

    /// <inheritdoc/>
    public virtual IStorageFile OpenFile(string path, FileOpening opening) => inner.OpenFile(path, opening);

    /// <inheritdoc/>
    public virtual IMappedFile Map(string path, int capacityBytes) => inner.Map(path, capacityBytes);

    /// <inheritdoc/>
    public bool FileExists(string path) => inner.FileExists(path);

    /// <inheritdoc/>
    public bool DirectoryExists(string path) => inner.DirectoryExists(path);

    /// <inheritdoc/>
    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    /// <inheritdoc/>
    public IReadOnlyList<FileEntry> ListFiles(string directory) => inner.ListFiles(directory);

    /// <inheritdoc/>
    public IReadOnlyList<string> ListDirectories(string directory) => inner.ListDirectories(directory);

    /// <inheritdoc/>
    public TimestampMs LastWriteTime(string path) => inner.LastWriteTime(path);

    /// <inheritdoc/>
    public void RenameFile(string from, string to) => inner.RenameFile(from, to);

    /// <inheritdoc/>
    public void RenameDirectory(string from, string to) => inner.RenameDirectory(from, to);

    /// <inheritdoc/>
    public void DeleteFile(string path) => inner.DeleteFile(path);

    /// <inheritdoc/>
    public void DeleteDirectory(string path) => inner.DeleteDirectory(path);

    /// <inheritdoc/>
    public long FreeSpace(string path) => inner.FreeSpace(path);

    // File by file, because those that a device wraps are not the inner one's.
    /// <inheritdoc/>
    public virtual void FlushFiles(IReadOnlyList<IStorageFile> files)
    {
        foreach (IStorageFile file in files) file.Flush();
    }

    /// <inheritdoc/>
    public void FlushDirectory(string path) => inner.FlushDirectory(path);

    /// <inheritdoc/>
    public IDisposable? TryLock(string path) => inner.TryLock(path);
}
