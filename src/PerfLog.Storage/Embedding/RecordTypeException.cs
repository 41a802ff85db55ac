namespace PerfLog.Storage;

/// <summary>A record's key or value is not of the type that it was read as. The message names the record and what does not fit.</summary>
public sealed class RecordTypeException : FormatException
{
    internal RecordTypeException(Offset offset, string part, FormatException fault)
        : base($"offset {offset}, {part}: {fault.Message}", fault)
    {
        Offset = offset;
    }

    /// <summary>The record.</summary>
    public Offset Offset { get; }
}
