namespace PerfLog.Storage;

/// <summary>
/// The readable end of a segment: the next offset, relative to the base, and the file position behind the last batch.
/// Both are packed in one 64-bit number, so that readers without a lock always see an end that belongs together.
/// </summary>
internal readonly record struct SegmentTail(uint RelativeNextOffset, FilePosition Position)
{
    public long Packed => ((long)RelativeNextOffset << 32) | (uint)Position.Value;

    public static SegmentTail Unpack(long packed) => new((uint)(packed >>> 32), new FilePosition((int)packed));
}
