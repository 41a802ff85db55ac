using System.Buffers.Binary;

namespace PerfLog.Records;

/// <summary>
/// Whether the bytes are exactly one batch of magic 2 and of an allowed size. What follows may then read its header.
/// </summary>
internal static class BatchFraming
{
    public static BatchRefusal? Check(ReadOnlySpan<byte> records, in ProduceRules rules)
    {
        if (records.Length < RecordBatchLayout.ProbeBytes)
            return BatchRefusal.Invalid("the records hold no whole batch");
        if (records[RecordBatchLayout.Magic] != RecordBatchLayout.CurrentMagic)
            return BatchRefusal.Invalid("this version of the request takes only batches of magic 2");

        int batchLength = BinaryPrimitives.ReadInt32BigEndian(records[RecordBatchLayout.BatchLength..]);
        long sizeBytes = (long)batchLength + RecordBatchLayout.LengthPrefixBytes;
        if (sizeBytes < RecordBatchLayout.HeaderBytes)
            return new BatchRefusal(ErrorCode.CorruptMessage, "the batch's length is smaller than its header");
        return CheckSize(sizeBytes, records.Length, rules);
    }

    private static BatchRefusal? CheckSize(long sizeBytes, int recordsBytes, in ProduceRules rules)
    {
        if (sizeBytes > recordsBytes) return BatchRefusal.Invalid("the records end inside the batch");
        if (sizeBytes < recordsBytes) return BatchRefusal.Invalid("a partition's records must be exactly one batch");
        if (sizeBytes > rules.BatchBytesMax)
            return new BatchRefusal(ErrorCode.MessageTooLarge, TooLarge(sizeBytes, rules.BatchBytesMax));
        if (sizeBytes > rules.SegmentBytes)
            return new BatchRefusal(ErrorCode.RecordListTooLarge, TooLarge(sizeBytes, rules.SegmentBytes));
        return null;
    }

    private static string TooLarge(long sizeBytes, int limitBytes) =>
        $"the batch is {sizeBytes} bytes; the topic takes at most {limitBytes}";
}
