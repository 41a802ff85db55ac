namespace PerfLog.Storage;

/// <summary>
/// Real files by positional reads and gathered positional writes: the portable backend. Where the system can, the ends of
/// large log files may be written past the page cache, one block after the other. One serves the whole process.
/// </summary>
public class VectoredDevice : IStorageDevice
{
    // A window is eight mebibytes, so this many bound the memory to 64.
    private const int WindowsMax = 8;

    private readonly DirectWindows _windows;

    /// <summary>A device without state but the memory that it lends to files.</summary>
    public VectoredDevice()
        : this(DirectLayout.Default, usesRings: false)
    {
    }

    /// <param name="reason">Why it is this one.</param>
    internal VectoredDevice(string reason)
        : this() => Name = $"vectored writes ({reason})";

    internal VectoredDevice(DirectLayout layout, bool usesRings) => _windows = new DirectWindows(layout, WindowsMax, usesRings);

    /// <inheritdoc/>
    public virtual string Name { get; } = "vectored writes";

    /// <inheritdoc/>
    public IStorageFile OpenFile(string path, FileOpening opening)
    {
        VectoredFile file = new(path, opening);
        return path.EndsWith(SegmentFiles.LogSuffix, StringComparison.Ordinal) ? new DirectFile(file, _windows, OpenWriter) : file;
    }

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
    public virtual void FlushFiles(IReadOnlyList<IStorageFile> files)
    {
        for (int i = 0; i < files.Count; i++) files[i].Flush();
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

    internal static IBlockWriter? OpenWriter(IStorageFile file, DirectWindow window)
    {
        if (!OperatingSystem.IsLinux() || Libc.TryOpenDirect(file.Path) is not { } handle) return null;
        return window.Ring is { } ring
            ? new RingBlockWriter(file.Path, handle, ring)
            : new PlainBlockWriter(new VectoredFile(file.Path, handle));
    }
}
