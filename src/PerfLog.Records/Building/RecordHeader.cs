namespace PerfLog.Records;

/// <summary>A header of a record to write. Keys may repeat; the value may be null.</summary>
public readonly record struct RecordHeader(string Key, ReadOnlyMemory<byte>? Value);
