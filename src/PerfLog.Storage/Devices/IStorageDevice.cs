namespace PerfLog.Storage;

/// <summary>
/// The seam between the engine and where its bytes lie: a real disk, memory, or a test's faulty disk. Paths are the
/// operating system's; a device keeps no state per path beyond what a file system keeps. Every member may be called from
/// any thread. What goes wrong below is an <see cref="IOException"/>.
/// </summary>
public interface IStorageDevice
{
    /// <summary>What the log reports about the choice of device, in a word or two.</summary>
    string Name { get; }

    /// <summary>Opens a file for reading and writing.</summary>
    /// <exception cref="FileNotFoundException">It does not exist, and <paramref name="opening"/> does not create.</exception>
    IStorageFile OpenFile(string path, FileOpening opening);

    /// <summary>
    /// Maps a file into memory, creating it if needed. With a capacity the file grows to it and may be written;
    /// with 0 the mapping is as long as the file is and only read.
    /// </summary>
    IMappedFile Map(string path, int capacityBytes);

    /// <summary>Whether a file of that name exists.</summary>
    bool FileExists(string path);

    /// <summary>Whether a directory of that name exists.</summary>
    bool DirectoryExists(string path);

    /// <summary>Creates a directory and those above it; an existing one is left as it is.</summary>
    void CreateDirectory(string path);

    /// <summary>The files directly in a directory, in no order.</summary>
    IReadOnlyList<FileEntry> ListFiles(string directory);

    /// <summary>The names of the directories directly in a directory, in no order.</summary>
    IReadOnlyList<string> ListDirectories(string directory);

    /// <summary>When a file's content last changed.</summary>
    TimestampMs LastWriteTime(string path);

    /// <summary>Renames a file, replacing what has the new name, in one step.</summary>
    void RenameFile(string from, string to);

    /// <summary>Renames a directory; the new name must be free.</summary>
    void RenameDirectory(string from, string to);

    /// <summary>Removes a file; a missing one is no error. Whoever has it open goes on reading it.</summary>
    void DeleteFile(string path);

    /// <summary>Removes a directory and all in it; a missing one is no error.</summary>
    void DeleteDirectory(string path);

    /// <summary>The bytes that may still be written to the disk under a directory; the largest number where nothing limits them.</summary>
    long FreeSpace(string path) => long.MaxValue;

    /// <summary>Makes all that was written to several files durable, at once where the device can.</summary>
    void FlushFiles(IReadOnlyList<IStorageFile> files)
    {
        for (int i = 0; i < files.Count; i++) files[i].Flush();
    }

    /// <summary>Makes the creations, renames and removals in a directory durable.</summary>
    void FlushDirectory(string path);

    /// <summary>Takes an exclusive lock by a file of that name; it ends with the process or by disposing.</summary>
    /// <returns>The lock, or null when another process (or another owner in this one) has it.</returns>
    IDisposable? TryLock(string path);
}

/// <summary>What to do about a file that may not exist.</summary>
public enum FileOpening
{
    /// <summary>It must exist.</summary>
    Existing,

    /// <summary>A missing file is created, empty.</summary>
    OrCreate,
}

/// <summary>A file's name (without its directory) and length.</summary>
public readonly record struct FileEntry(string Name, long LengthBytes);
