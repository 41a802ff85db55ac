namespace PerfLog.Client.Producing;

/// <summary>A record in bytes, for sending many at once.</summary>
/// <param name="Key">Its key; null for none.</param>
/// <param name="Value">Its value; null for a tombstone.</param>
public readonly record struct RawRecord(ReadOnlyMemory<byte>? Key, ReadOnlyMemory<byte>? Value);
