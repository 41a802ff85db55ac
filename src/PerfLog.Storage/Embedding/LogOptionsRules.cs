namespace PerfLog.Storage;

/// <summary>What the settings of a log must be like. Whoever embeds the engine is told at once, by the name of the setting.</summary>
internal static class LogOptionsRules
{
    // A record of some bytes with all that frames it.
    private const int BatchBytesLeast = 256;

    private const int IndexBytesLeast = 12;

    /// <exception cref="ArgumentException">A setting makes no sense; says which.</exception>
    public static void Require(LogOptions options)
    {
        AtLeast("segment.bytes", options.SegmentBytes, BatchBytesLeast);
        AtLeast("max.message.bytes", options.MaxMessageBytes, BatchBytesLeast);
        AtLeast("segment.index.bytes", options.SegmentIndexBytes, IndexBytesLeast);
        AtLeast("index.interval.bytes", options.IndexIntervalBytes, 0);
        AtLeast("segment.ms", options.SegmentMs, 1);
        AtLeast("segment.jitter.ms", options.SegmentJitterMs, 0);
        AtLeast("retention.ms", options.RetentionMs, -1);
        AtLeast("retention.bytes", options.RetentionBytes, -1);
        AtLeast("flush.messages", options.FlushMessages, 1);
        AtLeast("flush.ms", options.FlushMs, 0);
        AtLeast("file.delete.delay.ms", options.FileDeleteDelayMs, 0);
        AtLeast("min.compaction.lag.ms", options.MinCompactionLagMs, 0);
        AtLeast("max.compaction.lag.ms", options.MaxCompactionLagMs, 1);
        AtLeast("delete.retention.ms", options.DeleteRetentionMs, 0);
        AtLeast(nameof(LogOptions.PendingAppendsMax), options.PendingAppendsMax, 1);
        if (options.MinCleanableDirtyRatio is not (>= 0 and <= 1)) throw Wrong("min.cleanable.dirty.ratio", options.MinCleanableDirtyRatio, "between 0 and 1");
        if (!Records.RecordCompression.IsKnown(options.Compression)) throw Wrong("compression.type", options.Compression, "one of the known codecs");
    }

    private static void AtLeast(string name, long value, long least)
    {
        if (value < least) throw Wrong(name, value, $"at least {least}");
    }

    private static ArgumentException Wrong(string name, object value, string rule) => new($"{name} is {value}; it must be {rule}.", "options");
}
