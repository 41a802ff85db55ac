namespace PerfLog.Metadata;

/// <summary>Stored metadata is damaged in a way that no crash leaves behind; the message names place and reason.</summary>
public sealed class CorruptMetadataException(string message, Exception? inner = null) : IOException(message, inner);
