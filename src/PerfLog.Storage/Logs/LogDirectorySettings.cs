namespace PerfLog.Storage;

/// <summary>How to open one entry of <c>log.dirs</c>.</summary>
public sealed record LogDirectorySettings
{
    /// <summary>The directory; created when missing.</summary>
    public required string Path { get; init; }

    /// <summary>The cluster's id. It is written to a new directory's <c>meta.properties</c> and compared with an old one's. With null
    /// the directory may be anyone's, and a new one gets a random id.</summary>
    public required string? ClusterId { get; init; }

    /// <summary>This broker's id; written and compared likewise. With null a new directory gets 0.</summary>
    public required BrokerId? BrokerId { get; init; }

    /// <summary>Where random ids and the jitter of segment rolls come from.</summary>
    public required Random Random { get; init; }

    /// <summary>Names of folders in the directory that belong to its owner; any other stranger is reported.</summary>
    public IReadOnlySet<string> OtherFolders { get; init; } = new HashSet<string>();

    /// <summary>The logs opened, recovered or closed at once (<c>num.recovery.threads.per.data.dir</c>).</summary>
    public int OpeningThreads { get; init; } = 2;

    /// <summary>How the logs are written whose options do not say it.</summary>
    public WritePath WritePath { get; init; }

    /// <summary>Appends are refused when the disk has less left than this; 0 lets them go on until it is full.</summary>
    public long DiskReserveBytes { get; init; }

    /// <summary><c>log.retention.check.interval.ms</c>; 0 looks for old segments at each housekeeping.</summary>
    public long RetentionCheckMs { get; init; }

    /// <summary><c>log.flush.offset.checkpoint.interval.ms</c>.</summary>
    public long RecoveryPointCheckpointMs { get; init; } = 60_000;

    /// <summary><c>log.flush.start.offset.checkpoint.interval.ms</c>.</summary>
    public long LogStartCheckpointMs { get; init; } = 60_000;

    /// <summary><c>replica.high.watermark.checkpoint.interval.ms</c>.</summary>
    public long HighWatermarkCheckpointMs { get; init; } = 5_000;
}
