namespace PerfLog.Metadata;

/// <summary>The metadata store cannot be read or written; the message names the place and the reason.</summary>
public sealed class MetadataUnavailableException(string message, Exception? inner = null) : IOException(message, inner);
