namespace PerfLog.Protocol.Connections.Transports;

/// <summary>
/// The bytes of one connection, as they are or through TLS. Owned by its <see cref="BrokerConnection"/>: one caller at a time receives,
/// one sends, and any thread may dispose it, which ends both.
/// </summary>
internal abstract class Transport : IDisposable
{
    /// <summary>Receives what is there, or waits for it; 0 at the end of the stream.</summary>
    public abstract ValueTask<int> ReceiveAsync(Memory<byte> into);

    /// <summary>Sends what can be taken at once.</summary>
    /// <returns>How many bytes were taken.</returns>
    public abstract ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Says that nothing more will be sent; receiving goes on.</summary>
    public abstract ValueTask EndSendingAsync();

    public abstract void Dispose();
}
