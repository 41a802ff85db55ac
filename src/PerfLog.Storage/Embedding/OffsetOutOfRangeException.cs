namespace PerfLog.Storage;

/// <summary>
/// A reader asked for an offset that the log does not have: it lies past the end, or before the start because records were
/// deleted by retention or on demand.
/// </summary>
public sealed class OffsetOutOfRangeException(string log, Offset offset, Offset start, Offset end)
    : Exception($"{log}: offset {offset} is out of range; the log has the offsets from {start} to below {end}.")
{
    /// <summary>The offset asked for.</summary>
    public Offset Offset { get; } = offset;

    /// <summary>The first offset that can be read.</summary>
    public Offset LogStartOffset { get; } = start;

    /// <summary>The offset behind the last record.</summary>
    public Offset EndOffset { get; } = end;
}
