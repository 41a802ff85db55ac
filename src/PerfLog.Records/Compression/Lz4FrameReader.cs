using System.Buffers.Binary;
using System.IO.Hashing;
using K4os.Compression.LZ4;
using PerfLog.Buffers;

namespace PerfLog.Records;

/// <summary>Decompresses the blocks of one lz4 frame into a buffer with a limit.</summary>
internal ref struct Lz4FrameReader(Lz4FrameHeader header, ReadOnlySpan<byte> blocks, GrowingBuffer destination)
{
    private const uint StoredFlag = 0x80000000;

    /// <summary>How far back a block that depends on earlier ones can reach.</summary>
    private const int HistoryBytes = 64 * 1024;

    private readonly Lz4FrameHeader _header = header;
    private readonly GrowingBuffer _destination = destination;
    private readonly int _contentStart = destination.WrittenBytes;

    /// <summary>What follows the frame, once it is read.</summary>
    public ReadOnlySpan<byte> Rest { get; private set; } = blocks;

    /// <returns>What is wrong with the frame; null when nothing is.</returns>
    public string? Decompress()
    {
        while (TryTakeUInt32(out uint size))
        {
            if (size == 0) return CheckContent();
            string? fault = DecompressBlock((int)(size & ~StoredFlag), (size & StoredFlag) != 0);
            if (fault is not null) return fault;
        }

        return CompressionFault.Lz4;
    }

    private string? DecompressBlock(int blockBytes, bool isStored)
    {
        if (blockBytes > Rest.Length || blockBytes > _header.BlockBytesMax) return CompressionFault.Lz4;
        ReadOnlySpan<byte> block = Rest[..blockBytes];
        Rest = Rest[blockBytes..];
        if (_header.HasBlockChecksums && !IsSummed(block)) return CompressionFault.Lz4Checksum;
        if (isStored) return _destination.TryWrite(block) ? null : CompressionFault.TooLarge;
        return Decode(block);
    }

    private readonly string? Decode(ReadOnlySpan<byte> block)
    {
        int bytesMax = Math.Min(_header.BlockBytesMax, _destination.FreeBytes);
        _destination.TryGetSpan(bytesMax, out Span<byte> free);
        ReadOnlySpan<byte> history = _header.BlocksAreIndependent ? default : History();
        int decoded = history.IsEmpty
            ? LZ4Codec.Decode(block, free[..bytesMax])
            : LZ4Codec.Decode(block, free[..bytesMax], history);
        if (decoded < 0) return bytesMax < _header.BlockBytesMax ? CompressionFault.TooLarge : CompressionFault.Lz4;
        _destination.Advance(decoded);
        return null;
    }

    // Asked for after the space for the block, because growing may move what was written.
    private readonly ReadOnlySpan<byte> History()
    {
        ReadOnlySpan<byte> content = _destination.WrittenSpan[_contentStart..];
        return content[Math.Max(0, content.Length - HistoryBytes)..];
    }

    private string? CheckContent()
    {
        if (!_header.HasContentChecksum) return null;
        return IsSummed(_destination.WrittenSpan[_contentStart..]) ? null : CompressionFault.Lz4Checksum;
    }

    private bool IsSummed(ReadOnlySpan<byte> summed) =>
        TryTakeUInt32(out uint sum) && sum == XxHash32.HashToUInt32(summed);

    private bool TryTakeUInt32(out uint value)
    {
        if (!BinaryPrimitives.TryReadUInt32LittleEndian(Rest, out value)) return false;
        Rest = Rest[sizeof(uint)..];
        return true;
    }
}
