namespace PerfLog.Records;

/// <summary>Walks the records of a batch whose header is in order, and holds each against the rules.</summary>
internal static class RecordsValidation
{
    public static BatchValidation Check(RecordBatchView batch, ReadOnlySpan<byte> plainRecords, in ProduceRules rules)
    {
        var records = new RecordEnumerator(batch, plainRecords);
        TimestampMs maxTimestamp = TimestampMs.None;
        RecordErrors? errors = null;
        for (int index = 0; records.MoveNext(); index++)
        {
            if (records.OffsetDelta != index)
                return BatchValidation.Refused(ErrorCode.InvalidRecord, "the records' offsets are not consecutive");
            TimestampMs timestamp = records.Timestamp;
            if (timestamp > maxTimestamp) maxTimestamp = timestamp;
            if (!rules.Allows(timestamp)) (errors ??= new RecordErrors()).AddTimestamp(index, timestamp, rules);
            else if (rules.IsCompacted && !records.HasKey) (errors ??= new RecordErrors()).AddMissingKey(index);
        }

        if (records.Fault is not null) return BatchValidation.Refused(ErrorCode.InvalidRecord, records.Fault);
        return errors?.ToValidation() ?? BatchValidation.Valid(batch.RecordsCount, maxTimestamp);
    }
}
