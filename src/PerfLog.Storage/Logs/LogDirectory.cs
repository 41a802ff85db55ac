using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace PerfLog.Storage;

/// <summary>
/// One entry of <c>log.dirs</c>: its lock, its <c>meta.properties</c>, its checkpoints and its logs. A directory that
/// fails goes offline with its cause; others are not touched. Members may be called from any thread.
/// </summary>
public sealed class LogDirectory : IAsyncDisposable
{
    /// <summary>
    /// Opens a directory and all logs in it. After a clean stop nothing is scanned; otherwise each log is checked from
    /// its recovery point on and cut at the first bad batch.
    /// </summary>
    /// <exception cref="DirectoryLockedException">Another process has it open.</exception>
    /// <exception cref="DirectoryMismatchException">It belongs to another cluster or broker.</exception>
    /// <exception cref="IOException">The device failed.</exception>
    public static ValueTask<LogDirectory> OpenAsync(
        LogDirectorySettings settings,
        IStorageDevice device,
        Func<TopicPartition, LogOptions> optionsFor,
        TimeProvider time,
        ILogger logger,
        CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>The directory's path.</summary>
    public string Path => throw new NotImplementedException();

    /// <summary>The directory's own id, kept in <c>meta.properties</c>.</summary>
    public Uuid DirectoryId => throw new NotImplementedException();

    /// <summary>The logs, in no order; a snapshot.</summary>
    public IReadOnlyCollection<PartitionLog> Logs => throw new NotImplementedException();

    /// <summary>The bytes of all logs.</summary>
    public long SizeBytes => throw new NotImplementedException();

    /// <summary>Whether the directory failed; its logs then answer <see cref="ErrorCode.KafkaStorageError"/>.</summary>
    public bool IsOffline => throw new NotImplementedException();

    /// <summary>Why it is offline; null while it is not.</summary>
    public Exception? Failure => throw new NotImplementedException();

    /// <summary>Finds a partition's log.</summary>
    public bool TryGet(TopicPartition partition, [NotNullWhen(true)] out PartitionLog? log) => throw new NotImplementedException();

    /// <summary>Makes a new, empty log.</summary>
    /// <exception cref="InvalidOperationException">The partition has a log here.</exception>
    /// <exception cref="StorageException">The directory is offline or failed now.</exception>
    public PartitionLog Create(TopicPartition partition, Uuid topicId, LogOptions options) => throw new NotImplementedException();

    /// <summary>Takes a log out at once; its files are removed after <c>file.delete.delay.ms</c>. An unknown one is no error.</summary>
    public void Delete(TopicPartition partition) => throw new NotImplementedException();

    /// <summary>
    /// Retention, flushes that are due, expiry of producers, removal of deleted files and checkpoints. The owner calls it
    /// from a timer, about once a second; calls do not overlap. A failure takes the directory offline and is not thrown.
    /// </summary>
    public void RunHousekeeping(TimestampMs now) => throw new NotImplementedException();

    /// <summary>Flushes and closes all logs, leaves the clean-shutdown mark, and gives up the lock.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
