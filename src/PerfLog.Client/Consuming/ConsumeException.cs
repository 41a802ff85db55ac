using PerfLog.Protocol.Connections;

namespace PerfLog.Client.Consuming;

/// <summary>A consumer cannot go on with what it was asked. The message names the partition or group, and the reason.</summary>
public class ConsumeException : Exception
{
    internal ConsumeException(ErrorCode error, string subject, string reason, Exception? inner = null)
        : base($"{subject}: {reason} ({error})", inner) => Error = error;

    internal ConsumeException(string subject, BrokerAuthenticationException refused)
        : this(ErrorCode.SaslAuthenticationFailed, subject, refused.Message, refused)
    {
    }

    /// <summary>The broker's error, or the protocol's name for what happened here.</summary>
    public ErrorCode Error { get; }
}

/// <summary>A record is not what the deserializer expects. The message names the partition, the offset and the part.</summary>
public sealed class RecordFormatException : FormatException
{
    internal RecordFormatException(TopicPartition partition, Offset offset, string part, string reason, Exception? inner = null)
        : base($"{partition}, offset {offset}: the {part} cannot be read: {reason}", inner) =>
        (Partition, Offset) = (partition, offset);

    /// <summary>Where the record stands.</summary>
    public TopicPartition Partition { get; }

    /// <summary>Its offset.</summary>
    public Offset Offset { get; }
}

/// <summary>A poll was ended by <c>Wakeup</c>.</summary>
public sealed class WakeupException() : OperationCanceledException("The consumer was woken up.");
