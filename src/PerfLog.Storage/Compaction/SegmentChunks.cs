using PerfLog.Buffers;
using PerfLog.Records;

namespace PerfLog.Storage;

/// <summary>
/// Reads a segment from a position on in pieces of whole batches, through one buffer that grows only for a batch that is
/// larger. The caller holds the segment. Owned by a compactor; one thread at a time.
/// </summary>
internal sealed class SegmentChunks(int bufferBytes)
{
    // What a batch of the largest size may decompress to; a log with a batch beyond it is not compacted.
    private const int DecompressedBytesMax = 256 * 1024 * 1024;

    private byte[] _buffer = [];
    private Segment? _segment;
    private FilePosition _end;
    private int _bytes;

    /// <summary>Where the present piece starts; after the last one, where reading ended.</summary>
    public FilePosition Position { get; private set; }

    /// <summary>The present piece; it may end with a part of a batch.</summary>
    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _bytes);

    public void Open(Segment segment, FilePosition start)
    {
        _segment = segment;
        _end = segment.Tail.Position;
        _bytes = 0;
        Position = start;
    }

    /// <summary>Reads the next piece; it starts with a whole batch.</summary>
    /// <exception cref="CorruptLogException">No batch starts there.</exception>
    public bool MoveNext()
    {
        if (Position >= _end) return false;
        Fill(Math.Max(bufferBytes, RecordBatchLayout.HeaderBytes));
        int size = _bytes < RecordBatchLayout.HeaderBytes ? 0 : new RecordBatchView(Bytes).SizeBytes;
        if (size < RecordBatchLayout.HeaderBytes || Position.Value + (long)size > _end.Value) throw NoBatchHere();
        if (size > _bytes) Fill(size);
        return _bytes >= size ? true : throw NoBatchHere();
    }

    /// <summary>Moves on behind the batches that were taken from the present piece.</summary>
    public void Advance(int bytes) => Position += bytes;

    /// <summary>Opens the records of one of the piece's batches, decompressed into a buffer if need be.</summary>
    public RecordEnumerator OpenRecords(RecordBatchView batch, GrowingBuffer scratch)
    {
        bool isOpen = RecordBatchReader.TryOpen(batch, scratch, DecompressedBytesMax, out RecordEnumerator records, out string? fault);
        if (!isOpen) ThrowIfBad(fault);
        return records;
    }

    /// <exception cref="CorruptLogException">The walk over the piece's batches ended at a bad one.</exception>
    public void ThrowIfBad(in RecordBatchReader batches) => ThrowIfBad(batches.Fault);

    /// <inheritdoc cref="ThrowIfBad(in RecordBatchReader)"/>
    public void ThrowIfBad(string? fault)
    {
        if (fault is not null) throw new CorruptLogException(_segment!.Files.Log, Position.Value, fault);
    }

    /// <summary>Lets go of a buffer that one large batch needed.</summary>
    public void Release()
    {
        _segment = null;
        if (_buffer.Length > bufferBytes) _buffer = [];
    }

    private void Fill(int wanted)
    {
        wanted = Math.Min(wanted, _end.Value - Position.Value);
        if (_buffer.Length < wanted) _buffer = new byte[wanted];
        _bytes = _segment!.File.Read(Position.Value, _buffer.AsSpan(0, wanted));
    }

    private CorruptLogException NoBatchHere() => new(_segment!.Files.Log, Position.Value, "no whole batch starts here");
}
