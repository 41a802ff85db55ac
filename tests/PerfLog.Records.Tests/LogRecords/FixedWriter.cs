using System.Buffers;

namespace PerfLog.Records.Tests.LogRecords;

/// <summary>A buffer that cannot grow, so that it never allocates.</summary>
internal sealed class FixedWriter(int bytes) : IBufferWriter<byte>
{
    private readonly byte[] _bytes = new byte[bytes];
    private int _written;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _written);

    public void Reset() => _written = 0;

    public void Advance(int count) => _written += count;

    public Memory<byte> GetMemory(int sizeHint = 0) => _bytes.AsMemory(_written);

    public Span<byte> GetSpan(int sizeHint = 0) => _bytes.AsSpan(_written);
}
