using PerfLog.Buffers;
using PerfLog.Hashing;

namespace PerfLog.Records;

/// <summary>
/// Decides whether what a client produced to a partition (Produce from version 3) may be appended. All that a batch
/// says of itself is held against what it is, because every reader after this one trusts it. Any thread may call it.
/// </summary>
/// <remarks>
/// The cost of a batch: its bytes once for the CRC, one walk over its records' structure without copying, and for a
/// compressed batch the decompression before that. A good batch allocates nothing beyond what
/// <see cref="RecordCompression"/> states.
/// </remarks>
public static class RecordBatchValidator
{
    /// <summary>More threads than this at once make scratch buffers of their own and throw them away.</summary>
    private const int ScratchesKept = 16;

    private static readonly Reusables<GrowingBuffer> Scratches = new(static () => new GrowingBuffer(0), ScratchesKept);

    /// <param name="records">A partition's records as they came in the request.</param>
    /// <param name="rules">What the topic and the request allow.</param>
    public static BatchValidation Validate(ReadOnlySpan<byte> records, in ProduceRules rules)
    {
        BatchRefusal? refusal = BatchFraming.Check(records, rules);
        if (refusal is not null) return refusal.Value.ToValidation();
        var batch = new RecordBatchView(records);
        if (Crc32C.Compute(records[RecordBatchLayout.Attributes..]) != batch.Crc)
            return BatchValidation.Refused(ErrorCode.CorruptMessage, "the batch's checksum does not match its bytes");
        refusal = BatchHeaderRules.Check(batch, rules);
        if (refusal is not null) return refusal.Value.ToValidation();
        return batch.Codec == CompressionCodec.None
            ? RecordsValidation.Check(batch, batch.Records, rules)
            : DecompressAndCheck(batch, rules);
    }

    private static BatchValidation DecompressAndCheck(RecordBatchView batch, in ProduceRules rules)
    {
        GrowingBuffer scratch = Scratches.Rent();
        try
        {
            scratch.Reset(rules.DecompressedBytesMax);
            if (!RecordCompression.TryDecompress(batch.Codec, batch.Records, scratch, out string? fault))
                return BatchValidation.Refused(ErrorCode.InvalidRecord, fault!);
            return RecordsValidation.Check(batch, scratch.WrittenSpan, rules);
        }
        finally
        {
            scratch.Reset(0);
            Scratches.GiveBack(scratch);
        }
    }
}
