using Microsoft.Extensions.Logging;

namespace PerfLog.Storage;

/// <summary>What a directory lends to each of its logs.</summary>
internal sealed record LogSurroundings(
    IStorageDevice Device,
    TimeProvider Time,
    Random Random,
    DirectoryFailure Failure,
    DiskSpace Space,
    DeletedFiles Deleted,
    ILogger Logger)
{
    /// <summary>Makes lowered recovery points durable, before a log is cut behind them.</summary>
    public required Action SaveRecoveryPoints { get; init; }

    /// <summary>Where the directory's logs remember batches.</summary>
    public KnownBatches Known { get; } = new();

    /// <summary>How logs are written whose options do not say it; known once the directory is being loaded.</summary>
    public WritePath WritePath { get; set; }

    /// <summary>Makes durable how far the logs are compacted.</summary>
    public required Action SaveCleanedOffsets { get; init; }
}

/// <summary>
/// The state of one log, shared by the classes that work on it. Numbers and the segment list are published for readers
/// without a lock; everything is changed by whoever holds <see cref="Writer"/>.
/// </summary>
internal sealed class LogState(LogSurroundings surroundings, TopicPartition partition, Uuid topicId, string folder, LogOptions options)
{
    private SegmentList? _segments;
    private LogOptions _options = options;
    private long _logStart;
    private long _end;
    private long _highWatermark;
    private long _recoveryPoint;
    private long _firstUnstable = long.MaxValue;
    private bool _isClosed;

    /// <summary>Held by the one thread that changes the log now.</summary>
    public Lock Writer { get; } = new();

    public LogSurroundings Surroundings => surroundings;

    public IStorageDevice Device => surroundings.Device;

    public TopicPartition Partition => partition;

    public Uuid TopicId => topicId;

    public string Folder => folder;

    public ProducerStates Producers { get; } = new();

    public SnapshotFiles Snapshots { get; } = new(surroundings.Device, folder);

    public LeaderEpochCache Epochs { get; } = new(surroundings.Device, folder);

    public CompactionState Compaction { get; } = new();

    public LogOptions Options
    {
        get => Volatile.Read(ref _options);
        set => Volatile.Write(ref _options, value);
    }

    /// <summary>Whether large segments are written past the page cache.</summary>
    public bool WritesDirectly => (Options.WritePath ?? surroundings.WritePath) == WritePath.Direct;

    public SegmentList Segments
    {
        get => Volatile.Read(ref _segments) ?? throw new InvalidOperationException($"{folder} is not loaded.");
        set
        {
            foreach (Segment each in value.Items) each.Join(surroundings.Known);
            Volatile.Write(ref _segments, value);
        }
    }

    public Segment Active => Segments.Active;

    public Offset LogStart
    {
        get => new(Volatile.Read(ref _logStart));
        set => Volatile.Write(ref _logStart, value.Value);
    }

    // Published after the segment's tail: who reads up to the end finds all below it.
    public Offset End
    {
        get => new(Volatile.Read(ref _end));
        set => Volatile.Write(ref _end, value.Value);
    }

    public Offset HighWatermark
    {
        get => new(Volatile.Read(ref _highWatermark));
        set => Volatile.Write(ref _highWatermark, value.Value);
    }

    public Offset RecoveryPoint
    {
        get => new(Volatile.Read(ref _recoveryPoint));
        set => Volatile.Write(ref _recoveryPoint, value.Value);
    }

    /// <summary>The first offset of the first transaction that holds consumers back; the largest number when none does.</summary>
    public Offset FirstUnstable => new(Volatile.Read(ref _firstUnstable));

    /// <summary>The log was deleted or its directory closed.</summary>
    public bool IsClosed
    {
        get => Volatile.Read(ref _isClosed);
        set => Volatile.Write(ref _isClosed, value);
    }

    /// <summary>Files were made, renamed or removed since the folder was flushed.</summary>
    public bool FolderChanged { get; set; }

    /// <summary>Something differs from when the log was opened, so closing it has to write.</summary>
    public bool HasChanges { get; set; }

    /// <summary>The segments that start before this are on the disk with all their files.</summary>
    public Offset FlushedWholeBefore { get; set; }

    /// <summary>How often records were cut off the end: what was noted before a cut may not be there after it.</summary>
    public int Cuts { get; set; }

    public bool TryRaiseHighWatermark(Offset offset)
    {
        long wanted = Math.Min(offset.Value, Volatile.Read(ref _end));
        long seen = Volatile.Read(ref _highWatermark);
        while (wanted > seen)
        {
            long found = Interlocked.CompareExchange(ref _highWatermark, wanted, seen);
            if (found == seen) return true;
            seen = found;
        }

        return false;
    }

    public void PublishFirstUnstable() =>
        Volatile.Write(ref _firstUnstable, Producers.Transactions.First.Value);
}
