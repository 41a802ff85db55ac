namespace PerfLog.Protocol.Connections;

/// <summary>The connection to a broker is of no use any more, or never was.</summary>
public sealed class BrokerConnectionException(string peer, string reason, Exception? inner = null)
    : IOException($"{peer}: {reason}", inner)
{
    /// <summary>Host and port of the broker.</summary>
    public string Peer { get; } = peer;
}
