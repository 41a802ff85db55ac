using System.Buffers.Binary;
using PerfLog.Buffers;
using PerfLog.Hashing;

namespace PerfLog.Records;

/// <summary>
/// Walks the batches that lie end to end in fetched bytes or in a piece of a segment. A batch cut off at the end is no
/// fault: a fetch may cut its last one. Allocates nothing while all is well.
/// </summary>
/// <remarks>It ends at the first bad batch, so look at <see cref="Error"/> afterwards.</remarks>
public ref struct RecordBatchReader(ReadOnlySpan<byte> bytes, bool checkCrc = true)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private readonly bool _checkCrc = checkCrc;

    /// <summary>Where the next batch starts; after the end, the bytes that whole batches take.</summary>
    public int Position { get; private set; }

    /// <summary>The batch that the last <see cref="MoveNext"/> which answered true came to.</summary>
    public RecordBatchView Current { get; private set; }

    /// <summary><see cref="ErrorCode.None"/> while all is well.</summary>
    public ErrorCode Error { get; private set; }

    /// <summary>What was wrong with the first bad batch; null while all is well.</summary>
    public string? Fault { get; private set; }

    /// <summary>Goes to the next batch; false at the end and at a bad batch.</summary>
    public bool MoveNext()
    {
        ReadOnlySpan<byte> rest = _bytes[Position..];
        if (Error != ErrorCode.None || rest.Length < RecordBatchLayout.ProbeBytes) return false;
        if (rest[RecordBatchLayout.Magic] != RecordBatchLayout.CurrentMagic)
            return Fail(ErrorCode.UnsupportedForMessageFormat, "a batch's magic is not 2");

        long sizeBytes = SizeBytes(rest);
        if (sizeBytes < RecordBatchLayout.HeaderBytes)
            return Fail(ErrorCode.CorruptMessage, "a batch's length is smaller than its header");
        if (sizeBytes > rest.Length) return false;
        return Take(rest[..(int)sizeBytes]);
    }

    /// <summary>Opens the records of a batch, decompressing them into <paramref name="scratch"/> when needed.</summary>
    /// <param name="batch">A whole batch.</param>
    /// <param name="scratch">Is reset; the records stay valid until it is used again. Its limit is the second
    /// bound.</param>
    /// <param name="decompressedBytesMax">A batch that decompresses to more is refused.</param>
    /// <param name="records">The records to walk.</param>
    /// <param name="fault">Why the records could not be opened.</param>
    public static bool TryOpen(
        RecordBatchView batch,
        GrowingBuffer scratch,
        int decompressedBytesMax,
        out RecordEnumerator records,
        out string? fault)
    {
        if (batch.Codec == CompressionCodec.None)
        {
            fault = null;
            records = new RecordEnumerator(batch, batch.Records);
            return true;
        }

        scratch.Reset(decompressedBytesMax);
        bool opened = RecordCompression.TryDecompress(batch.Codec, batch.Records, scratch, out fault);
        records = new RecordEnumerator(batch, scratch.WrittenSpan);
        return opened;
    }

    private bool Take(ReadOnlySpan<byte> batch)
    {
        var view = new RecordBatchView(batch);
        if (_checkCrc && Crc32C.Compute(batch[RecordBatchLayout.Attributes..]) != view.Crc)
            return Fail(ErrorCode.CorruptMessage, "a batch's checksum does not match its bytes");
        Current = view;
        Position += batch.Length;
        return true;
    }

    private bool Fail(ErrorCode error, string fault)
    {
        Error = error;
        Fault = fault;
        return false;
    }

    // Added as a long, because a lying length near 2^31 would wrap.
    private static long SizeBytes(ReadOnlySpan<byte> batch) =>
        (long)BinaryPrimitives.ReadInt32BigEndian(batch[RecordBatchLayout.BatchLength..])
        + RecordBatchLayout.LengthPrefixBytes;
}
