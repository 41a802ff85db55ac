using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PerfLog.Hashing;

/// <summary>
/// CRC-32C by the processor's instruction, three streams at a time. State in, state out: the inversions at both ends of
/// a checksum are the caller's. All methods are pure.
/// </summary>
/// <remarks>
/// The instruction takes three cycles but a new one can start each cycle, so one stream uses a third of what the
/// processor can do. A block is cut into three equal streams whose states are worked out side by side. Joining them: a
/// state followed by n bytes is the state times x^(8n). The carry-less product of two reflected 32-bit numbers stands
/// for the product times x, and one step over it multiplies by x^32 and reduces; so the factor is x^(8n - 33).
/// </remarks>
internal static class InterleavedCrc32C<TInstructions>
    where TInstructions : struct, ICrc32CInstructions
{
    private const int WordBytes = sizeof(ulong);
    private const int Streams = 3;

    /// <summary>Below this the joining costs what the interleaving saves.</summary>
    private const int InterleavedBytesMin = 192;

    /// <summary>
    /// Joining costs about as much as 100 bytes; in blocks of 12 KiB that is nothing, and the table stays small.
    /// </summary>
    private const int StreamWordsMax = 512;

    public static uint Append(uint state, ReadOnlySpan<byte> bytes)
    {
        ulong wide = state;
        while (bytes.Length >= InterleavedBytesMin)
        {
            int streamWords = Math.Min(bytes.Length / (Streams * WordBytes), StreamWordsMax);
            wide = AppendBlock(wide, bytes, streamWords);
            bytes = bytes[(streamWords * Streams * WordBytes)..];
        }

        return (uint)AppendOneStream(wide, bytes);
    }

    // Optimised from the first call on: unoptimised, a broker's first batches would cost a hundred times what they should.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ulong AppendBlock(ulong first, ReadOnlySpan<byte> bytes, int streamWords)
    {
        // The slice proves that all three streams lie inside the bytes.
        int streamBytes = streamWords * WordBytes;
        ref byte start = ref MemoryMarshal.GetReference(bytes[..(streamBytes * Streams)]);
        ref byte secondStart = ref Unsafe.Add(ref start, streamBytes);
        ref byte thirdStart = ref Unsafe.Add(ref secondStart, streamBytes);
        ulong second = 0;
        ulong third = 0;
        for (nint at = 0; at < streamBytes; at += WordBytes)
        {
            first = TInstructions.Step(first, WordAt(ref start, at));
            second = TInstructions.Step(second, WordAt(ref secondStart, at));
            third = TInstructions.Step(third, WordAt(ref thirdStart, at));
        }

        ulong joined = TInstructions.Multiply((uint)first, Crc32CShifts.ByWords(2 * streamWords))
                     ^ TInstructions.Multiply((uint)second, Crc32CShifts.ByWords(streamWords));
        return third ^ TInstructions.Step(0, joined);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ulong AppendOneStream(ulong state, ReadOnlySpan<byte> bytes)
    {
        ref byte start = ref MemoryMarshal.GetReference(bytes);
        int wordsEnd = bytes.Length & ~(WordBytes - 1);
        for (nint at = 0; at < wordsEnd; at += WordBytes) state = TInstructions.Step(state, WordAt(ref start, at));
        foreach (byte value in bytes[wordsEnd..]) state = TInstructions.Step(state, value);
        return state;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong WordAt(ref byte start, nint at) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, at));
}
