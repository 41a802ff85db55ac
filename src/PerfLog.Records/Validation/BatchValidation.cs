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

    /// <summary>The wire error to answer; <see cref="ErrorCode.None"/> for a good batch.</summary>
    public ErrorCode Error { get; }

    /// <summary>Whether the batch may be appended.</summary>
    public bool IsValid => Error == ErrorCode.None;

    /// <summary>Why the batch is refused; null when it is not.</summary>
    public string? Message { get; }

    /// <summary>
    /// The records that made the batch be refused, the first hundred of them; empty when it was not for single records.
    /// </summary>
    public ReadOnlyMemory<RecordError> RecordErrors => _recordErrors;

    /// <summary>How many records the batch holds; 0 when it is refused.</summary>
    public int RecordsCount { get; private init; }

    /// <summary>The largest timestamp among the records. See <see cref="RecordBatchFields.SetMaxTimestamp"/>.</summary>
    public TimestampMs MaxTimestamp { get; private init; }

    /// <summary>A good batch.</summary>
    public static BatchValidation Valid(int recordsCount, TimestampMs maxTimestamp) =>
        new(ErrorCode.None, null, null) { RecordsCount = recordsCount, MaxTimestamp = maxTimestamp };

    /// <summary>A batch that is not to be appended.</summary>
    public static BatchValidation Refused(ErrorCode error, string message, RecordError[]? recordErrors = null) =>
        new(error, message, recordErrors);
}
