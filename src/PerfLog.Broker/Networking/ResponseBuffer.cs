using System.Buffers;
using PerfLog.Storage;

namespace PerfLog.Broker.Networking;

/// <summary>
/// One answer on its way out: memory, with file regions that belong between its bytes. Owned by its request; only the
/// handler writes it, only the connection's sender reads it, never both at once.
/// </summary>
internal sealed class ResponseBuffer
{
    /// <summary>A file region and the place in the memory before which its bytes are sent.</summary>
    public readonly record struct Splice(int Position, FileRegion Region);

    private readonly List<Splice> _splices = [];
    private byte[] _bytes = [];

    /// <summary>Bytes of memory written.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes of the file regions together.</summary>
    public long RegionBytes { get; private set; }

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    public Span<byte> Written => _bytes.AsSpan(0, Length);

    public int SpliceCount => _splices.Count;

    public Splice SpliceAt(int index) => _splices[index];

    /// <summary>Makes room for exactly <paramref name="sizeBytes"/> bytes, which the caller fills.</summary>
    public Span<byte> Rent(int sizeBytes)
    {
        if (_bytes.Length < sizeBytes)
        {
            ReturnBytes();
            _bytes = ArrayPool<byte>.Shared.Rent(sizeBytes);
        }

        Length = sizeBytes;
        return _bytes.AsSpan(0, sizeBytes);
    }

    /// <summary>Cuts what was rented to what was used.</summary>
    public void Truncate(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, Length);
        Length = bytes;
    }

    /// <summary>Sends a region's bytes before the memory at <paramref name="position"/>. Takes the region over.</summary>
    public void AddRegion(int position, FileRegion ownedRegion)
    {
        _splices.Add(new Splice(position, ownedRegion));
        RegionBytes += ownedRegion.Length;
    }

    /// <summary>Lets go of the bytes and of every region, and is ready for the next answer.</summary>
    public void Reset()
    {
        foreach (Splice splice in _splices) splice.Region.Release();
        _splices.Clear();
        RegionBytes = 0;
        Length = 0;
        ReturnBytes();
    }

    private void ReturnBytes()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }
}
