using PerfLog.Buffers;
using PerfLog.Records;

namespace PerfLog.Client.Admin;

/// <summary>Finds the time of a record in fetched batches. All methods are pure.</summary>
internal static class FetchedTime
{
    private const int DecompressedBytesMax = 256 * 1024 * 1024;

    /// <returns>The time of the first record at or behind the offset; none when there is none.</returns>
    public static TimestampMs AtOrAfter(Offset offset, ReadOnlySpan<byte> batches)
    {
        var scratch = new GrowingBuffer(DecompressedBytesMax);
        var reader = new RecordBatchReader(batches);
        while (reader.MoveNext())
        {
            if (reader.Current.NextOffset <= offset) continue;
            if (!RecordBatchReader.TryOpen(reader.Current, scratch, DecompressedBytesMax, out RecordEnumerator records, out _)) break;
            while (records.MoveNext())
            {
                if (records.Current.Offset >= offset) return records.Current.Timestamp;
            }
        }

        return TimestampMs.None;
    }
}
