namespace PerfLog.Broker.Networking;

/// <summary>What one connection may cost. Each limit reached pauses or closes that connection alone.</summary>
internal sealed record ConnectionLimits
{
    /// <summary><c>socket.request.max.bytes</c>: a larger frame closes the connection.</summary>
    public int FrameBytesMax { get; init; } = 104_857_600;

    /// <summary><c>connections.max.idle.ms</c>: the time without a byte, or for one frame to arrive whole.</summary>
    public long IdleMsMax { get; init; } = 600_000;

    /// <summary>Requests taken in but not yet answered; at the limit the connection is not read from.</summary>
    public int InFlightMax { get; init; } = 1_000;

    /// <summary>Bytes of answers waiting for the peer to read; at the limit the connection is not read from.</summary>
    public long QueuedResponseBytesMax { get; init; } = 16 * 1024 * 1024;
}
