namespace PerfLog.Records;

/// <summary>
/// What a topic and the request allow a produced batch to be. A new one has the defaults of a topic; take <c>new()</c>,
/// not <c>default</c>.
/// </summary>
public readonly record struct ProduceRules
{
    /// <summary>The default of <c>max.message.bytes</c>: a mebibyte of records and what frames them.</summary>
    public const int DefaultBatchBytesMax = (1024 * 1024) + 12;

    /// <summary>A topic's defaults.</summary>
    public ProduceRules()
    {
    }

    /// <summary>The largest batch, with its header (<c>max.message.bytes</c>).</summary>
    public int BatchBytesMax { get; init; } = DefaultBatchBytesMax;

    /// <summary>A batch must fit a segment (<c>segment.bytes</c>).</summary>
    public int SegmentBytes { get; init; } = 1024 * 1024 * 1024;

    /// <summary>
    /// The largest a compressed batch may become. A validating thread holds so many bytes at most; the default leaves
    /// room for a default batch that shrank to a hundredth.
    /// </summary>
    public int DecompressedBytesMax { get; init; } = 128 * 1024 * 1024;

    /// <summary>A compacted topic needs a key in each record.</summary>
    public bool IsCompacted { get; init; }

    /// <summary>Only clients that know zstd may send it: Produce from version 7.</summary>
    public bool AllowsZstd { get; init; } = true;

    /// <summary>The broker stamps the batches itself, so the records' own times do not matter.</summary>
    public bool UsesLogAppendTime { get; init; }

    /// <summary>The time by which a record's is too old or too far ahead.</summary>
    public TimestampMs Now { get; init; } = TimestampMs.None;

    /// <summary>How old a record may be (<c>message.timestamp.before.max.ms</c>).</summary>
    public long TimestampBeforeMaxMs { get; init; } = long.MaxValue;

    /// <summary>How far ahead a record may be (<c>message.timestamp.after.max.ms</c>).</summary>
    public long TimestampAfterMaxMs { get; init; } = long.MaxValue;

    internal bool Allows(TimestampMs timestamp)
    {
        if (UsesLogAppendTime || timestamp == TimestampMs.None) return true;

        // Differences in unsigned arithmetic: two longs can lie further apart than a long can say.
        return timestamp <= Now
            ? (ulong)(Now.Value - timestamp.Value) <= (ulong)TimestampBeforeMaxMs
            : (ulong)(timestamp.Value - Now.Value) <= (ulong)TimestampAfterMaxMs;
    }
}
