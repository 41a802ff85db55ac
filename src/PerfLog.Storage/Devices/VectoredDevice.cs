namespace PerfLog.Storage;

/// <summary>
/// Real files by positional reads and gathered positional writes through the page cache: the portable backend. It has no
/// state, so one serves the whole process.
/// </summary>
public sealed class VectoredDevice : IStorageDevice
{
    /// <inheritdoc/>
    public string Name => "vectored writes";

    /// <inheritdoc/>
    public IStorageFile OpenFile(string path, FileOpening opening) => new VectoredFile(path, opening);

    /// <inheritdoc/>
    public IMappedFile Map(string path, int capacityBytes) => new VectoredMapping(path, capacityBytes);

    /// <inheritdoc/>
    public bool FileExists(string path) => File.Exists(path);

    /// <inheritdoc/>
    public bool DirectoryExists(string path) => Directory.Exists(path);

    /// <inheritdoc/>
    public void CreateDirectory(string path) => Directory.CreateDirectory(path);

    /// <inheritdoc/>
    public IReadOnlyList<FileEntry> ListFiles(string directory) =>
        [.. new DirectoryInfo(directory).EnumerateFiles().Select(static file => new FileEntry(file.Name, file.Length))];

    /// <inheritdoc/>
    public IReadOnlyList<string> ListDirectories(string directory) =>
        [.. new DirectoryInfo(directory).EnumerateDirectories().Select(static found => found.Name)];

    /// <inheritdoc/>
    public TimestampMs LastWriteTime(string path) =>
        new(new DateTimeOffset(File.GetLastWriteTimeUtc(path)).ToUnixTimeMilliseconds());

    /// <inheritdoc/>
    public void RenameFile(string from, string to) => File.Move(from, to, overwrite: true);

    /// <inheritdoc/>
    public void RenameDirectory(string from, string to) => Directory.Move(from, to);

    /// <inheritdoc/>
    public void DeleteFile(string path) => File.Delete(path);

    /// <inheritdoc/>
    public void DeleteDirectory(string path)
    {
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
    }

    /// <inheritdoc/>
    public long FreeSpace(string path)
    {
        try
        {
            return new DriveInfo(path).AvailableFreeSpace;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A file system that cannot tell is no reason to refuse writes.
            return long.MaxValue;
        }
    }

    /// <inheritdoc/>
    public void FlushDirectory(string path)
    {
        // Windows makes directory entries durable with the file and has no call for it.
        if (!OperatingSystem.IsWindows()) Libc.FlushDirectory(path);
    }

    /// <inheritdoc/>
    public IDisposable? TryLock(string path)
    {
        try
        {
            // Sharing nothing takes an advisory lock on Unix, which the kernel drops when the process ends.
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }
}
