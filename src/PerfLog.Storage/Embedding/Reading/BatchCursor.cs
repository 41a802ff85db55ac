using System.Buffers;
using PerfLog.Buffers;
using PerfLog.Hashing;
using PerfLog.Records;

namespace PerfLog.Storage;

/// <summary>
/// Goes over the batches of a log in order, a block of the file at a time. It holds the segment that it reads. One thread at
/// a time; rented from the log, and given back when <see cref="TryClose"/> ends its use.
/// </summary>
internal sealed class BatchCursor : IDisposable
{
    // What stays in a processor's cache between the copy from the page cache and the reading of it.
    private const int BlockBytes = 256 * 1024;

    // Who wants one record must not pay for a block of them; who goes on gets twice as much each time.
    private const int FirstReadBytes = 8 * 1024;

    // What a batch of the largest size may decompress to.
    private const int DecompressedBytesMax = 256 * 1024 * 1024;

    private readonly GrowingBuffer _scratch = new(0);
    private LogState? _log;
    private byte[] _block = [];
    private FileRegion _region;
    private int _regionRead;
    private int _start;
    private int _end;
    private int _readBytes;
    private bool _checksCrc;
    private int _lease;

    /// <summary>Tells this use of the cursor from earlier and later ones: a copied reader must not end another's.</summary>
    public int Lease => _lease;

    /// <summary>The first offset that was not passed yet.</summary>
    public Offset Next { get; private set; }

    /// <summary>The present batch's bytes, valid until the next move.</summary>
    public ReadOnlyMemory<byte> Batch { get; private set; }

    /// <summary>The bytes of the present batch's records after <see cref="OpenRecords"/>, valid until the next move.</summary>
    public ReadOnlyMemory<byte> Records { get; private set; }

    /// <exception cref="OffsetOutOfRangeException">The log has no such offset, and does not end there either.</exception>
    public void Open(LogState log, Offset from, bool checksCrc)
    {
        _log = log;
        _checksCrc = checksCrc;
        Next = from;
        Batch = default;
        _readBytes = FirstReadBytes;
        if (from < log.LogStart || from > log.End) throw OutOfRange(from);
    }

    /// <summary>Goes to the next batch that has offsets from <see cref="Next"/> on.</summary>
    /// <returns>False at the end of what is written now; asked again later it finds what has come since.</returns>
    public bool MoveNext()
    {
        if (!TryLoadBatch()) return false;
        RecordBatchView view = new(Batch.Span);
        if (_checksCrc && Crc32C.Compute(Batch.Span[RecordBatchLayout.Attributes..]) != view.Crc) throw Damage("a batch's checksum does not match its bytes");
        Next = view.NextOffset;
        return true;
    }

    /// <summary>Makes the present batch's records readable: in place, or decompressed.</summary>
    public void OpenRecords()
    {
        RecordBatchView view = new(Batch.Span);
        if (view.Codec == CompressionCodec.None)
        {
            Records = Batch[RecordBatchLayout.Records..];
            return;
        }

        _scratch.Reset(DecompressedBytesMax);
        if (!RecordCompression.TryDecompress(view.Codec, view.Records, _scratch, out string? fault)) throw Damage(fault!);
        Records = _scratch.WrittenMemory;
    }

    public CorruptLogException Damage(string reason) =>
        new(_region.File?.Path ?? _log!.Folder, _region.Position.Value + _regionRead - (_end - _start) - Batch.Length, reason);

    /// <summary>Ends a use: lets go of the segment and of what the cursor holds.</summary>
    /// <returns>False when it has ended before.</returns>
    public bool TryClose(int lease)
    {
        if (Interlocked.CompareExchange(ref _lease, lease + 1, lease) != lease) return false;
        LeaveRegion();
        _log = null;
        Batch = Records = default;
        _scratch.Reset(0);
        return true;
    }

    /// <summary>Closed, it gives its memory back.</summary>
    public void Dispose()
    {
        _scratch.Dispose();
        if (_block.Length > 0) ArrayPool<byte>.Shared.Return(_block);
        _block = [];
    }

    private bool TryLoadBatch()
    {
        while (true)
        {
            if (!TryHave(RecordBatchLayout.HeaderBytes))
            {
                if (!TryEnterRegion()) return false;
                continue;
            }

            // Having more bytes moves those that are there: what is needed of the header is taken from it before.
            RecordBatchView view = new(_block.AsSpan(_start, _end - _start));
            int size = view.SizeBytes;
            Offset lastOffset = view.LastOffset;
            if (view.Magic != RecordBatchLayout.CurrentMagic || size < RecordBatchLayout.HeaderBytes || !TryHave(size)) throw Damage("no whole batch starts here");
            Batch = _block.AsMemory(_start, size);
            _start += size;
            if (lastOffset >= Next) return true;
        }
    }

    private bool TryHave(int bytes) => _end - _start >= bytes || TryFill(bytes);

    private bool TryFill(int bytes)
    {
        int left = _region.Length - _regionRead;
        if (_end - _start + left < bytes) return false;
        if (_block.Length < bytes) Grow(bytes);
        _block.AsSpan(_start, _end - _start).CopyTo(_block);
        (_start, _end) = (0, _end - _start);
        int wanted = Math.Min(Math.Min(left, _block.Length - _end), Math.Max(_readBytes, bytes - _end));
        _readBytes = Math.Min(_readBytes * 2, BlockBytes);
        int read = _region.File!.Read(_region.Position.Value + _regionRead, _block.AsSpan(_end, wanted));
        if (read < wanted) throw Damage("the log was cut while it was read");
        _regionRead += read;
        _end += read;
        return true;
    }

    private bool TryEnterRegion()
    {
        LeaveRegion();
        LogState log = _log ?? throw new ObjectDisposedException(nameof(RecordLogReader));
        log.Surroundings.Failure.ThrowIfOffline();
        LogReadResult found = LogReader.Read(log, Next, int.MaxValue, new Offset(long.MaxValue), atLeastOneBatch: true);
        if (found.Error == ErrorCode.OffsetOutOfRange) throw OutOfRange(Next);
        if (found.Error != ErrorCode.None) throw new ObjectDisposedException(log.Folder, "The log was closed or deleted.");
        _region = found.Region;
        return !_region.IsEmpty;
    }

    private void LeaveRegion()
    {
        _region.Release();
        _region = default;
        _regionRead = _start = _end = 0;
    }

    private void Grow(int bytes)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(bytes, BlockBytes));
        _block.AsSpan(_start, _end - _start).CopyTo(larger);
        (_start, _end) = (0, _end - _start);
        if (_block.Length > 0) ArrayPool<byte>.Shared.Return(_block);
        _block = larger;
    }

    private OffsetOutOfRangeException OutOfRange(Offset offset) => new(_log!.Partition.ToString(), offset, _log.LogStart, _log.End);
}
