using System.Buffers.Binary;

namespace PerfLog.Hashing;

/// <summary>
/// The hash that places a key on a partition, bit for bit the one that Java producers use, so that the same key goes to
/// the same partition from any client. All methods are pure and allocate nothing.
/// </summary>
public static class Murmur2
{
    private const uint Multiplier = 0x5bd1e995;
    private const int Rotation = 24;
    private const uint Seed = 0x9747b28c;

    public static int Compute(ReadOnlySpan<byte> key)
    {
        uint hash = Seed ^ (uint)key.Length;
        for (; key.Length >= sizeof(uint); key = key[sizeof(uint)..])
        {
            hash = (hash * Multiplier) ^ Mix(BinaryPrimitives.ReadUInt32LittleEndian(key));
        }

        return (int)Finish(AddTail(hash, key));
    }

    /// <summary>
    /// The partition of a key among <paramref name="partitions"/>, which counts the unavailable ones too.
    /// </summary>
    public static int Partition(ReadOnlySpan<byte> key, int partitions)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(partitions);
        return (Compute(key) & int.MaxValue) % partitions;
    }

    private static uint Mix(uint word)
    {
        word *= Multiplier;
        word ^= word >> Rotation;
        return word * Multiplier;
    }

    private static uint AddTail(uint hash, ReadOnlySpan<byte> tail)
    {
        if (tail.IsEmpty) return hash;
        for (int index = tail.Length - 1; index >= 0; index--) hash ^= (uint)tail[index] << (8 * index);
        return hash * Multiplier;
    }

    private static uint Finish(uint hash)
    {
        hash ^= hash >> 13;
        hash *= Multiplier;
        return hash ^ (hash >> 15);
    }
}
