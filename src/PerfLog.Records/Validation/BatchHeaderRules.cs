namespace PerfLog.Records;

/// <summary>Whether a batch's header is one that a client may send.</summary>
internal static class BatchHeaderRules
{
    /// <summary>Only the broker may set these; a delete horizon would make a reader lose tombstones.</summary>
    private const BatchAttributes BrokersOwn = BatchAttributes.Control | BatchAttributes.DeleteHorizon;

    public static BatchRefusal? Check(RecordBatchView batch, in ProduceRules rules) =>
        CheckAttributes(batch, rules) ?? CheckOffsets(batch) ?? CheckProducer(batch);

    private static BatchRefusal? CheckAttributes(RecordBatchView batch, in ProduceRules rules)
    {
        BatchAttributes attributes = batch.Attributes;
        if ((attributes & ~BatchAttributes.Known) != 0) return BatchRefusal.Invalid("the batch has unknown attributes");
        if ((attributes & BrokersOwn) != 0)
            return BatchRefusal.Invalid("clients may not send control batches or delete horizons");
        if (!RecordCompression.IsKnown(batch.Codec))
            return new BatchRefusal(ErrorCode.UnsupportedCompressionType, CompressionFault.UnknownCodec);
        if (batch.Codec == CompressionCodec.Zstd && !rules.AllowsZstd)
            return new BatchRefusal(ErrorCode.UnsupportedCompressionType, "this version of the request does not take zstd");
        if (batch.IsLogAppendTime)
            return new BatchRefusal(ErrorCode.InvalidTimestamp, "clients may not set the timestamp type to LogAppendTime");
        return null;
    }

    private static BatchRefusal? CheckOffsets(RecordBatchView batch)
    {
        if (batch.BaseOffset != Offset.Zero) return BatchRefusal.Invalid("a produced batch's base offset must be 0");
        if (batch.RecordsCount <= 0) return BatchRefusal.Invalid("the batch holds no records");
        if (batch.LastOffsetDelta != batch.RecordsCount - 1)
            return BatchRefusal.Invalid("the batch's last offset does not agree with its count of records");
        return null;
    }

    private static BatchRefusal? CheckProducer(RecordBatchView batch)
    {
        long producerId = batch.ProducerId.Value;
        if (producerId < ProducerId.None.Value) return BatchRefusal.Invalid("the batch's producer id is negative");
        if (producerId == ProducerId.None.Value)
            return batch.IsTransactional ? BatchRefusal.Invalid("a transactional batch needs a producer id") : null;
        if (batch.ProducerEpoch < 0) return BatchRefusal.Invalid("a batch with a producer id needs a producer epoch");
        if (batch.BaseSequence < 0) return BatchRefusal.Invalid("a batch with a producer id needs a sequence");
        return null;
    }
}
