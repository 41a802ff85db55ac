using System.Buffers.Binary;

namespace PerfLog.Benchmarks.Broker.Frames;

/// <summary>A Fetch request whose offset is changed in place from one sending to the next.</summary>
internal sealed class FetchFrame
{
    private readonly byte[] _frame;
    private readonly int _offsetAt;

    public FetchFrame(string topic, int maxBytes)
    {
        _frame = RequestFrames.Fetch(topic, 0, maxBytes);
        // Two frames that differ in the offset alone show where it lies.
        byte[] other = RequestFrames.Fetch(topic, -1, maxBytes);
        _offsetAt = _frame.AsSpan().CommonPrefixLength(other);
    }

    public ReadOnlySpan<byte> From(long offset)
    {
        BinaryPrimitives.WriteInt64BigEndian(_frame.AsSpan(_offsetAt), offset);
        return _frame;
    }
}
