using PerfLog.Storage;

namespace PerfLog.Broker.Partitions;

/// <summary>The broker's log directories (<c>log.dirs</c>). Owns them. Any thread may call it.</summary>
/// <param name="ownedDirectories">Those that work, or did when the broker started.</param>
/// <param name="unopened">The paths of those that could not be opened, and why.</param>
internal sealed class LogDirectorySet(
    IReadOnlyList<LogDirectory> ownedDirectories, IReadOnlyDictionary<string, Exception> unopened) : IAsyncDisposable
{
    // Logs are made several at once: those that are on their way count, too, when the next place is chosen.
    private readonly int[] _inCreation = new int[ownedDirectories.Count];

    public IReadOnlyList<LogDirectory> All => ownedDirectories;

    public IReadOnlyDictionary<string, Exception> Unopened => unopened;

    /// <summary>The partition's log wherever it is, or a new one in the directory that has the fewest.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="topicId">Its topic's id.</param>
    /// <param name="options">The log's settings.</param>
    /// <param name="isNew">Whether the partition has just been made, so that it can have no log yet.</param>
    /// <exception cref="StorageException">The log is damaged, may lie where it cannot be seen now, or has no place.</exception>
    public PartitionLog Open(TopicPartition partition, Uuid topicId, LogOptions options, bool isNew)
    {
        foreach (LogDirectory directory in ownedDirectories)
        {
            if (directory.Damaged.TryGetValue(partition, out StorageException? damage)) throw damage;
            if (!directory.TryGet(partition, out PartitionLog? found)) continue;
            if (found.TopicId == topicId || found.TopicId == Uuid.Zero)
            {
                found.Options = options;
                return found;
            }

            // The folder belongs to an earlier topic of the same name, deleted while this broker was away.
            directory.Delete(partition);
        }

        // An empty log in its stead would hide the records that are there.
        if (!isNew && unopened.Count > 0)
            throw new StorageException(unopened.First().Key, $"the directory is offline, and the log of {partition} may be in it");
        int target = Place();
        if (target < 0) throw new StorageException("log.dirs", $"every log directory is offline or full, so {partition} has no place");
        try
        {
            return ownedDirectories[target].Create(partition, topicId, options);
        }
        finally
        {
            lock (_inCreation) _inCreation[target]--;
        }
    }

    public void Delete(TopicPartition partition)
    {
        foreach (LogDirectory directory in ownedDirectories) directory.Delete(partition);
    }

    /// <returns>The directory with the fewest logs; -1 when none can take one.</returns>
    private int Place()
    {
        lock (_inCreation)
        {
            int best = -1;
            for (int index = 0; index < ownedDirectories.Count; index++)
            {
                if (ownedDirectories[index].IsOffline || ownedDirectories[index].IsFull) continue;
                if (best < 0 || LogsOf(index) < LogsOf(best)) best = index;
            }

            if (best >= 0) _inCreation[best]++;
            return best;
        }
    }

    private int LogsOf(int index) => ownedDirectories[index].LogCount + _inCreation[index];

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
