namespace PerfLog.Client.Producing;

/// <summary>
/// A record was not written, or it is not known whether it was. The message names the topic, the partition where one was
/// chosen, and the reason.
/// </summary>
public sealed class ProduceException : Exception
{
    internal ProduceException(ErrorCode error, string topic, int partition, string reason, Exception? inner = null)
        : base($"{Where(topic, partition)}: {reason} ({error})", inner)
    {
        (Error, Topic, Partition) = (error, topic, partition);
    }

    /// <summary>The broker's error, or the protocol's name for what happened here.</summary>
    public ErrorCode Error { get; }

    /// <summary>The record's topic.</summary>
    public string Topic { get; }

    /// <summary>Its partition; -1 when none was chosen yet.</summary>
    public int Partition { get; }

    private static string Where(string topic, int partition) => partition < 0 ? topic : $"{topic}-{partition}";
}
