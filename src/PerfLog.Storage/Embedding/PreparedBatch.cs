using PerfLog.Hashing;
using PerfLog.Records;

namespace PerfLog.Storage;

/// <summary>What a batch that a caller made must be like to be appended as it is.</summary>
internal static class PreparedBatch
{
    /// <returns>The offsets that it takes.</returns>
    /// <exception cref="ArgumentException">It may not be appended; says why.</exception>
    public static int CountOffsets(ReadOnlySpan<byte> batch, LogOptions options, bool checksCrc)
    {
        if (batch.Length < RecordBatchLayout.HeaderBytes) throw Refused("is shorter than a batch's header");
        RecordBatchView view = new(batch);
        if (view.Magic != RecordBatchLayout.CurrentMagic) throw Refused("are not of record format 2");
        if (view.SizeBytes != batch.Length) throw Refused("are not exactly one batch");
        int bytesMax = Math.Min(options.MaxMessageBytes, options.SegmentBytes);
        if (batch.Length > bytesMax) throw Refused($"are {batch.Length}, and max.message.bytes and segment.bytes allow {bytesMax}");
        if (view.ProducerId != ProducerId.None || view.IsTransactional || view.IsControl)
            throw Refused("have a producer id, which only a broker looks after");
        if (view.RecordsCount <= 0 || view.LastOffsetDelta < 0 || view.LastOffsetDelta == int.MaxValue) throw Refused("hold no records");
        if (checksCrc && Crc32C.Compute(batch[RecordBatchLayout.Attributes..]) != view.Crc) throw Refused("do not match their checksum");
        return view.LastOffsetDelta + 1;
    }

    private static ArgumentException Refused(string why) => new($"The bytes {why}.", "batch");
}
