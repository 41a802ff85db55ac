namespace PerfLog.Client.Producing;

/// <summary>What became of one record, for a callback.</summary>
/// <param name="Metadata">Where the record stands; without an offset when it failed.</param>
/// <param name="Failure">Why it was not written; null when it was.</param>
public readonly record struct DeliveryReport(RecordMetadata Metadata, ProduceException? Failure);
