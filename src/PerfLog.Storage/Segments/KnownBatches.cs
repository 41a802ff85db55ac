using System.Runtime.CompilerServices;

namespace PerfLog.Storage;

/// <summary>What a lookup needs of a batch's header.</summary>
/// <param name="RelativeLastOffset">Its last offset, less the segment's base.</param>
/// <param name="SizeBytes">Its size.</param>
internal readonly record struct KnownBatch(int RelativeLastOffset, int SizeBytes);

/// <summary>
/// The headers of batches that were appended or looked up lately, by their places: who finds one here spares itself a read of
/// the file. Owned by a directory, for all its logs; any thread. Of bounded size, and what is forgotten is read again.
/// </summary>
/// <remarks>
/// Nothing in it ever becomes wrong: a segment's bytes do not change below its tail, and what replaces a segment, be it after
/// a truncation or a compaction, has a number of its own. A slot's version is odd while the slot is written; who sees it odd, or
/// changed by the time the slot was read, has found nothing.
/// </remarks>
internal sealed class KnownBatches
{
    private const int SlotBits = 15;
    private const uint Spread = 0x9E3779B1, SpreadSegments = 0x85EBCA6B;

    private Slot[]? _slots;
    private int _lastSegment;

    /// <summary>A number for a segment, which no other one gets.</summary>
    public int NextSegment() => Interlocked.Increment(ref _lastSegment);

    public bool TryFind(int segment, FilePosition position, out KnownBatch found)
    {
        found = default;
        if (Volatile.Read(ref _slots) is not { } slots) return false;
        ref Slot slot = ref slots[IndexOf(segment, position)];
        int version = Volatile.Read(ref slot.Version);
        bool isIt = slot.Segment == segment && slot.Position == position.Value;
        found = new KnownBatch(slot.RelativeLastOffset, slot.SizeBytes);
        Volatile.ReadBarrier();
        return isIt && (version & 1) == 0 && slot.Version == version;
    }

    /// <summary>Takes note of a batch. Where another thread is about to use the same slot, that one's stays.</summary>
    public void Add(int segment, FilePosition position, KnownBatch batch)
    {
        // Idle logs are many, and need none.
        Slot[] slots = Volatile.Read(ref _slots) ?? Make();
        ref Slot slot = ref slots[IndexOf(segment, position)];
        int version = Volatile.Read(ref slot.Version);
        if ((version & 1) != 0 || Interlocked.CompareExchange(ref slot.Version, version + 1, version) != version) return;
        slot.Segment = segment;
        slot.Position = position.Value;
        slot.RelativeLastOffset = batch.RelativeLastOffset;
        slot.SizeBytes = batch.SizeBytes;
        Volatile.Write(ref slot.Version, version + 2);
    }

    private Slot[] Make()
    {
        Slot[] made = new Slot[1 << SlotBits];
        return Interlocked.CompareExchange(ref _slots, made, null) ?? made;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int IndexOf(int segment, FilePosition position) =>
        (int)((((uint)position.Value + ((uint)segment * SpreadSegments)) * Spread) >> (32 - SlotBits));

    private struct Slot
    {
        public int Version;
        public int Segment;
        public int Position;
        public int RelativeLastOffset;
        public int SizeBytes;
    }
}
