namespace PerfLog.Records;

/// <summary>Gathers the records for which a batch is refused. Made only when there is one.</summary>
internal sealed class RecordErrors
{
    /// <summary>A batch of a million bad records shall not make a response of a million messages.</summary>
    private const int ListedMax = 100;

    private readonly List<RecordError> _listed = [];
    private int _count;
    private bool _hasBadTimestamp;

    public void AddTimestamp(int batchIndex, TimestampMs timestamp, in ProduceRules rules)
    {
        _hasBadTimestamp = true;
        Add(batchIndex, $"the timestamp {timestamp} is out of range: the broker's time is {rules.Now}, records may be "
            + $"{rules.TimestampBeforeMaxMs} ms old and {rules.TimestampAfterMaxMs} ms ahead");
    }

    public void AddMissingKey(int batchIndex) => Add(batchIndex, "a compacted topic does not take a record without a key");

    public BatchValidation ToValidation() => BatchValidation.Refused(
        _hasBadTimestamp ? ErrorCode.InvalidTimestamp : ErrorCode.InvalidRecord,
        $"{_count} records of the batch were refused; the first: {_listed[0].Message}",
        [.. _listed]);

    private void Add(int batchIndex, string message)
    {
        _count++;
        if (_listed.Count < ListedMax) _listed.Add(new RecordError(batchIndex, message));
    }
}
