using System.IO.Hashing;

namespace PerfLog.Storage;

/// <summary>
/// The latest offset of each key in the part of a log that is being compacted, in a fixed number of bytes: keys are known
/// by a 128-bit hash. The hash is seeded, so that nobody can prepare keys that are taken for one another. Owned by a
/// compactor; one thread at a time.
/// </summary>
internal sealed class OffsetMap(long bytesMax, double loadFactor, long seed)
{
    private const int SlotBytes = 24;

    // A large table that one run needed is not kept for small ones.
    private const int KeptSlotsMax = 4 * 1024 * 1024 / SlotBytes;

    private Slot[] _slots = [];
    private int _slotsUsed;
    private int _countMax;

    public int Count { get; private set; }

    /// <summary>Forgets everything and makes room.</summary>
    /// <param name="keysWanted">The keys that may come at most; the limit of memory may allow fewer.</param>
    public void Reset(long keysWanted)
    {
        long slotsMax = Math.Clamp(bytesMax / SlotBytes, 2, Array.MaxLength);
        int slots = (int)Math.Clamp((long)(Math.Min(keysWanted, slotsMax) / loadFactor) + 2, 2, slotsMax);
        if (_slots.Length < slots || _slots.Length > Math.Max(slots, KeptSlotsMax)) _slots = new Slot[slots];
        else _slots.AsSpan(0, slots).Clear();
        _slotsUsed = slots;
        _countMax = Math.Clamp((int)(slots * loadFactor), 1, slots - 1);
        Count = 0;
    }

    /// <summary>Notes a key's offset; a later call for the same key replaces it.</summary>
    /// <returns>False when the map is full: the key was not noted.</returns>
    public bool TryPut(ReadOnlySpan<byte> key, Offset offset)
    {
        UInt128 hash = XxHash128.HashToUInt128(key, seed);
        ref Slot slot = ref Find(hash);
        if (slot.IsFree)
        {
            if (Count == _countMax) return false;
            Count++;
            slot.Hash = hash;
        }

        slot.OffsetPlusOne = offset.Value + 1;
        return true;
    }

    /// <summary>The key's latest offset; none when it was not noted.</summary>
    public Offset Find(ReadOnlySpan<byte> key)
    {
        ref Slot slot = ref Find(XxHash128.HashToUInt128(key, seed));
        return slot.IsFree ? Offset.None : new Offset(slot.OffsetPlusOne - 1);
    }

    /// <summary>Lets go of a large table until the next run.</summary>
    public void Release()
    {
        if (_slots.Length > KeptSlotsMax) _slots = [];
    }

    // There is always a free slot, because the count stays below the number of slots.
    private ref Slot Find(UInt128 hash)
    {
        int index = (int)((ulong)hash % (ulong)_slotsUsed);
        while (!_slots[index].IsFree && _slots[index].Hash != hash) index = index + 1 == _slotsUsed ? 0 : index + 1;
        return ref _slots[index];
    }

    private struct Slot
    {
        private ulong _high;
        private ulong _low;

        public long OffsetPlusOne;

        public readonly bool IsFree => OffsetPlusOne == 0;

        public UInt128 Hash
        {
            readonly get => new(_high, _low);
            set
            {
                _high = (ulong)(value >> 64);
                _low = (ulong)value;
            }
        }
    }
}
