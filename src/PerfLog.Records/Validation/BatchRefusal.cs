namespace PerfLog.Records;

/// <summary>Why a batch as a whole is refused.</summary>
internal readonly record struct BatchRefusal(ErrorCode Error, string Message)
{
    public static BatchRefusal Invalid(string message) => new(ErrorCode.InvalidRecord, message);

    public BatchValidation ToValidation() => BatchValidation.Refused(Error, Message);
}
