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
            RecordView record = records.Current;
            if (record.OffsetDelta != index)
                return BatchValidation.Refused(ErrorCode.InvalidRecord, "the records' offsets are not consecutive");
            if (record.Timestamp > maxTimestamp) maxTimestamp = record.Timestamp;
            if (!rules.Allows(record.Timestamp)) (errors ??= new RecordErrors()).AddTimestamp(index, record.Timestamp, rules);
            else if (rules.IsCompacted && record.Key.IsNull) (errors ??= new RecordErrors()).AddMissingKey(index);
        }

        if (records.Fault is not null) return BatchValidation.Refused(ErrorCode.InvalidRecord, records.Fault);
        return errors?.ToValidation() ?? BatchValidation.Valid(batch.RecordsCount, maxTimestamp);
    }
}
