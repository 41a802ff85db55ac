namespace PerfLog.Storage;

/// <summary>A log directory or a file in it is broken in a way that the engine does not repair; says where and why.</summary>
public class StorageException : IOException
{
    /// <summary>With the path, the reason and what the operating system said.</summary>
    public StorageException(string path, string reason, Exception? cause = null)
        : base($"{path}: {reason}", cause) => (Path, Reason) = (path, reason);

    /// <summary>The file or directory.</summary>
    public string Path { get; }

    /// <summary>What is wrong with it.</summary>
    public string Reason { get; }
}

/// <summary>Another process has the log directory open.</summary>
public sealed class DirectoryLockedException(string path) : StorageException(
    path,
    "the directory is in use by another process (its .lock file is locked). Stop that process, or choose another directory.");

/// <summary>The log directory belongs to another cluster or broker.</summary>
public sealed class DirectoryMismatchException(string path, string reason) : StorageException(path, reason);

/// <summary>The directory failed before and is offline; the cause is the inner exception.</summary>
public sealed class DirectoryOfflineException(string path, Exception cause)
    : StorageException(path, $"the log directory is offline: {cause.Message}", cause);

/// <summary>A log's bytes are not what was written; says where.</summary>
public sealed class CorruptLogException(string path, long position, string reason)
    : StorageException(path, $"at byte {position}: {reason}");

/// <summary>The disk has no more room than what is kept in reserve.</summary>
public sealed class DiskFullException(string path, long freeBytes, long reserveBytes)
    : StorageException(path, $"the disk is full: {freeBytes} bytes are left, and {reserveBytes} are kept in reserve");
