using PerfLog.Storage;

namespace PerfLog.Broker.Partitions;

/// <summary>The broker's log directories (<c>log.dirs</c>). Owns them. Any thread may call it.</summary>
internal sealed class LogDirectorySet(IReadOnlyList<LogDirectory> ownedDirectories) : IAsyncDisposable
{
    public IReadOnlyList<LogDirectory> All => ownedDirectories;

    /// <summary>The partition's log wherever it is, or a new one in the directory that has the fewest.</summary>
    /// <exception cref="StorageException">No directory is left that works.</exception>
    public PartitionLog Open(TopicPartition partition, Uuid topicId, LogOptions options)
    {
        foreach (LogDirectory directory in ownedDirectories)
        {
            if (!directory.TryGet(partition, out PartitionLog? found)) continue;
            if (found.TopicId == topicId || found.TopicId == Uuid.Zero)
            {
                found.Options = options;
                return found;
            }

            // The folder belongs to an earlier topic of the same name, deleted while this broker was away.
            directory.Delete(partition);
        }

        LogDirectory? target = ownedDirectories.Where(static directory => !directory.IsOffline).MinBy(static directory => directory.Logs.Count);
        return target?.Create(partition, topicId, options)
            ?? throw new StorageException("log.dirs", $"every log directory is offline, so {partition} has no place");
    }

    public void Delete(TopicPartition partition)
    {
        foreach (LogDirectory directory in ownedDirectories) directory.Delete(partition);
    }

    /// <summary>The size of the disk under a directory and what is left; -1 where that cannot be told.</summary>
    public static (long TotalBytes, long UsableBytes) DiskBytes(string path)
    {
        try
        {
            var drive = new DriveInfo(path);
            return (drive.TotalSize, drive.AvailableFreeSpace);
        }
        catch (Exception error) when (error is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return (-1, -1);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (LogDirectory directory in ownedDirectories) await directory.DisposeAsync();
    }
}
