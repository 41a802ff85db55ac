using PerfLog.Records;

namespace PerfLog.Client.Consuming;

/// <summary>Looks over fetched batches without reading their records. Pure.</summary>
internal static class FetchedRange
{
    /// <summary>Where the next fetch starts: behind the last whole batch; null when there is no whole one.</summary>
    public static OffsetPosition? End(ReadOnlySpan<byte> batches)
    {
        OffsetPosition? end = null;
        // Checksums are looked at when the records are.
        var reader = new RecordBatchReader(batches, checkCrc: false);
        while (reader.MoveNext()) end = new OffsetPosition(reader.Current.NextOffset, reader.Current.PartitionLeaderEpoch);
        return end;
    }
}
