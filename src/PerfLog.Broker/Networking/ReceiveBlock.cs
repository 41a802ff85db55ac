using System.Buffers;

namespace PerfLog.Broker.Networking;

/// <summary>
/// A pooled block that a connection receives into. Frames are handled in place, so the block is shared: the connection
/// holds one reference while it receives, each request one until it is answered. The last release returns the bytes.
/// </summary>
internal sealed class ReceiveBlock
{
    private byte[] _bytes;
    private int _references = 1;

    public ReceiveBlock(int sizeBytes) => _bytes = ArrayPool<byte>.Shared.Rent(sizeBytes);

    public byte[] Bytes => _bytes;

    public int Length => _bytes.Length;

    /// <summary>True when no request reads from the block, so that its bytes may be overwritten.</summary>
    public bool IsExclusive => Volatile.Read(ref _references) == 1;

    public void AddReference() => Interlocked.Increment(ref _references);

    public void Release()
    {
        int left = Interlocked.Decrement(ref _references);
        if (left > 0) return;
        if (left < 0) throw new InvalidOperationException("A receive block was released more often than it was taken.");
        byte[] bytes = _bytes;
        _bytes = [];
        ArrayPool<byte>.Shared.Return(bytes);
    }
}
