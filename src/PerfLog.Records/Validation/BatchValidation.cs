namespace PerfLog.Records;

/// <summary>What the validator found: a good batch and what its records say, or the wire error to answer.</summary>
public readonly record struct BatchValidation
{
    private readonly RecordError[]? _recordErrors;

    private BatchValidation(ErrorCode error, string? message, RecordError[]? recordErrors)
    {
        Error = error;
        Message = message;
        _recordErrors = recordErrors;
    }

    public ErrorCode Error { get; }

    public bool IsValid => Error == ErrorCode.None;

    /// <summary>Why the batch is refused; null when it is not.</summary>
    public string? Message { get; }

    /// <summary>
    /// The records that made the batch be refused, the first hundred of them; empty when it was not for single records.
    /// </summary>
    public ReadOnlyMemory<RecordError> RecordErrors => _recordErrors;

    public int RecordsCount { get; private init; }

    /// <summary>The largest timestamp among the records. See <see cref="RecordBatchFields.SetMaxTimestamp"/>.</summary>
    public TimestampMs MaxTimestamp { get; private init; }

    public static BatchValidation Valid(int recordsCount, TimestampMs maxTimestamp) =>
        new(ErrorCode.None, null, null) { RecordsCount = recordsCount, MaxTimestamp = maxTimestamp };

    public static BatchValidation Refused(ErrorCode error, string message, RecordError[]? recordErrors = null) =>
        new(error, message, recordErrors);
}
