using PerfLog.Hashing;
using PerfLog.Records;

namespace PerfLog.Storage.Doctor;

/// <summary>
/// Reads a log file's batches one by one and trusts nothing: where no good batch is, it looks for the next one byte by
/// byte. One thread at a time.
/// </summary>
/// <param name="file">The log file.</param>
/// <param name="segmentBase">The segment's first offset.</param>
/// <param name="limit">Where the next segment starts; the largest number behind the last one.</param>
internal sealed class BatchWalk(IStorageFile file, Offset segmentBase, Offset limit)
{
    private const int BlockBytes = 256 * 1024;

    private readonly byte[] _block = new byte[BlockBytes];
    private byte[] _large = [];
    private long _blockStart;
    private int _blockBytes;

    public long Length { get; } = file.Length;

    /// <summary>The good batch found last; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Batch { get; private set; }

    /// <summary>Why no good batch was at the position asked for.</summary>
    public string Fault { get; private set; } = "";

    /// <summary>The bytes are messages of a format older than batches.</summary>
    public bool IsOldFormat { get; private set; }

    /// <summary>Reads the batch at a position.</summary>
    /// <param name="position">Where it starts.</param>
    /// <param name="least">The lowest offset that it may have.</param>
    /// <returns>False when no good batch is there.</returns>
    public bool TryRead(long position, Offset least)
    {
        ReadOnlySpan<byte> start = At(position, RecordBatchLayout.HeaderBytes);
        if (start.Length < RecordBatchLayout.HeaderBytes) return Bad($"the file ends {start.Length} bytes into a batch's header");
        RecordBatchView header = new(start);
        IsOldFormat = header.Magic < RecordBatchLayout.CurrentMagic && header.SizeBytes > RecordBatchLayout.ProbeBytes;
        if (header.Magic != RecordBatchLayout.CurrentMagic) return Bad($"the format is {header.Magic}, not {RecordBatchLayout.CurrentMagic}");
        if (header.SizeBytes < RecordBatchLayout.HeaderBytes) return Bad("a batch's length is less than its header");
        if (header.SizeBytes > Length - position) return Bad($"the file ends inside a batch of {header.SizeBytes} bytes");
        if (header.LastOffsetDelta < 0 || header.RecordsCount < 0) return Bad("a batch's count of records is negative");
        if (header.BaseOffset < least) return Bad($"a batch has offset {header.BaseOffset}, after {least - 1}");
        if (header.LastOffset - segmentBase > int.MaxValue) return Bad($"offset {header.LastOffset} is too far from the segment's first");
        if (header.LastOffset >= limit) return Bad($"a batch goes up to offset {header.LastOffset}, past the start of the next segment");
        if (header.BaseOffset > least && IsOvertaken(position, header, least) is { } next)
            return Bad($"a batch has offset {header.BaseOffset}, but the one behind it has {next}");
        return HasGoodChecksum(position, new RecordBatchView(At(position, RecordBatchLayout.HeaderBytes)).SizeBytes);
    }

    /// <summary>Looks for the next good batch.</summary>
    /// <returns>Its position; the file's length when there is none.</returns>
    public long FindNext(long from, Offset least)
    {
        for (long position = from; position + RecordBatchLayout.HeaderBytes <= Length;)
        {
            int wanted = (int)Math.Min(BlockBytes, Length - position) - RecordBatchLayout.Magic;
            int found = At(position + RecordBatchLayout.Magic, wanted).IndexOf(RecordBatchLayout.CurrentMagic);
            if (found < 0)
            {
                position += wanted;
                continue;
            }

            position += found;
            if (IsPlausible(position, least) && TryRead(position, least)) return position;
            position++;
        }

        return Length;
    }

    /// <summary>Whether only zeros follow: space that was reserved and never written.</summary>
    public bool IsZeroFrom(long position)
    {
        for (; position < Length; position += _blockBytes)
        {
            if (At(position, (int)Math.Min(BlockBytes, Length - position)).ContainsAnyExcept((byte)0)) return false;
        }

        return true;
    }

    // Most places with a 2 in them are no batch, and a checksum over what they take for a length would cost much.
    private bool IsPlausible(long position, Offset least)
    {
        ReadOnlySpan<byte> start = At(position, RecordBatchLayout.HeaderBytes);
        if (start.Length < RecordBatchLayout.HeaderBytes) return false;
        RecordBatchView header = new(start);
        return (header.Attributes & ~BatchAttributes.Known) == 0
            && header.BaseOffset >= least
            && header.RecordsCount <= header.LastOffsetDelta + 1L;
    }

    // A batch's offset lies outside its checksum. Where it makes a gap and the next batch lies in that gap, it is wrong.
    private Offset? IsOvertaken(long position, RecordBatchView header, Offset least)
    {
        Offset last = header.LastOffset;
        ReadOnlySpan<byte> behind = At(position + header.SizeBytes, RecordBatchLayout.HeaderBytes);
        if (behind.Length < RecordBatchLayout.HeaderBytes) return null;
        RecordBatchView next = new(behind);
        bool liesInGap = next.Magic == RecordBatchLayout.CurrentMagic && next.BaseOffset >= least && next.BaseOffset <= last;
        return liesInGap ? next.BaseOffset : null;
    }

    private bool HasGoodChecksum(long position, int size)
    {
        ReadOnlyMemory<byte> batch = Whole(position, size);
        RecordBatchView view = new(batch.Span);
        if (batch.Length < size || Crc32C.Compute(batch.Span[RecordBatchLayout.Attributes..]) != view.Crc) return Bad("a batch's checksum is wrong");
        Batch = batch;
        return true;
    }

    private ReadOnlyMemory<byte> Whole(long position, int size)
    {
        if (size <= BlockBytes)
        {
            At(position, size);
            int at = (int)(position - _blockStart);
            return _block.AsMemory(at, Math.Min(size, _blockBytes - at));
        }

        if (_large.Length < size) _large = new byte[size];
        return _large.AsMemory(0, file.Read(position, _large.AsSpan(0, size)));
    }

    private ReadOnlySpan<byte> At(long position, int wanted)
    {
        bool isLoaded = position >= _blockStart && position + wanted <= _blockStart + _blockBytes;
        if (!isLoaded)
        {
            _blockStart = position;
            _blockBytes = file.Read(position, _block.AsSpan(0, (int)Math.Clamp(Length - position, 0, BlockBytes)));
        }

        int at = (int)(position - _blockStart);
        return _block.AsSpan(at, Math.Min(wanted, _blockBytes - at));
    }

    private bool Bad(string fault)
    {
        Fault = fault;
        return false;
    }
}
