using System.Buffers;

namespace PerfLog.Records;

/// <summary>Borrowed bytes copied to a rented array, for a library that reads only from streams.</summary>
internal readonly ref struct PooledCopy
{
    private readonly byte[] _copy;
    private readonly int _length;

    public PooledCopy(ReadOnlySpan<byte> bytes)
    {
        _copy = ArrayPool<byte>.Shared.Rent(bytes.Length);
        _length = bytes.Length;
        bytes.CopyTo(_copy);
    }

    public MemoryStream OpenRead() => new(_copy, 0, _length, writable: false);

    public void Dispose() => ArrayPool<byte>.Shared.Return(_copy);
}
