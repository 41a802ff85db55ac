namespace PerfLog.Records;

/// <summary>
/// A record's bytes, read in place: nothing is copied until a property is asked for. It ends with the bytes that it lies on.
/// </summary>
public interface IRecordView<TSelf>
    where TSelf : IRecordView<TSelf>, allows ref struct
{
    /// <summary>Looks at the record's head only; the fields are looked at when they are asked for.</summary>
    /// <exception cref="RecordMismatchException">The bytes are no such record.</exception>
    static abstract TSelf Over(ReadOnlySpan<byte> bytes);
}

/// <summary>A record that says what its key is.</summary>
public interface IKeyed<out TKey>
{
    /// <summary>The key that it is sent with, which decides its partition.</summary>
    TKey PartitionKey { get; }
}
