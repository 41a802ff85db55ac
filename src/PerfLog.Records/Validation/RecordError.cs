namespace PerfLog.Records;

/// <summary>One refused record: its place in the batch, counted from 0, and why.</summary>
public readonly record struct RecordError(int BatchIndex, string Message);
