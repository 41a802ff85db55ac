namespace PerfLog.Broker.Networking;

/// <summary>How many connections a listener takes, and how their sockets are set up.</summary>
internal sealed record ListenerSettings
{
    /// <summary><c>max.connections</c>: one more is refused.</summary>
    public int ConnectionsMax { get; init; } = int.MaxValue;

    /// <summary><c>max.connections.per.ip</c>: one more from the same address is refused.</summary>
    public int ConnectionsPerIpMax { get; init; } = int.MaxValue;

    /// <summary><c>socket.listen.backlog.size</c>: connections that wait to be accepted.</summary>
    public int Backlog { get; init; } = 512;

    /// <summary><c>socket.send.buffer.bytes</c>; -1 leaves it to the system, which adapts it.</summary>
    public int SendBufferBytes { get; init; } = -1;

    /// <summary><c>socket.receive.buffer.bytes</c>; -1 leaves it to the system, which adapts it.</summary>
    public int ReceiveBufferBytes { get; init; } = -1;
}
