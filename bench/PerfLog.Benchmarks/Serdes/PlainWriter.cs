using System.Buffers;

namespace PerfLog.Benchmarks.Serdes;

/// <summary>A buffer that is large enough: what all serializers write to, at the least cost.</summary>
internal sealed class PlainWriter(int bytes) : IBufferWriter<byte>
{
    private readonly byte[] _bytes = new byte[bytes];
    private int _written;

    public int Written => _written;

    public ReadOnlySpan<byte> WrittenSpan => _bytes.AsSpan(0, _written);

    public void Reset() => _written = 0;

    public void Advance(int count) => _written += count;

    public Memory<byte> GetMemory(int sizeHint = 0) => _bytes.AsMemory(_written);

    public Span<byte> GetSpan(int sizeHint = 0) => _bytes.AsSpan(_written);
}
