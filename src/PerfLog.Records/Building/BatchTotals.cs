namespace PerfLog.Records;

/// <summary>What a header says of a batch's records, beside what was known before the first of them.</summary>
public readonly record struct BatchTotals(
    BatchProperties Properties, int LastOffsetDelta, TimestampMs BaseTimestamp, TimestampMs MaxTimestamp, int RecordsCount);
