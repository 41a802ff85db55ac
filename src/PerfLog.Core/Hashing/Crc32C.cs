namespace PerfLog.Hashing;

/// <summary>
/// The checksum of record batches and snapshot files: CRC-32 with the Castagnoli polynomial. Uses the processor's own
/// instructions where it has them. All methods are pure and allocate nothing.
/// </summary>
public static class Crc32C
{
    public static uint Compute(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>The checksum of a message that goes on, from that of what came before.</summary>
    /// <param name="crc">The checksum so far; 0 for nothing.</param>
    /// <param name="bytes">What follows.</param>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        if (X64Crc32CInstructions.IsSupported) return ~InterleavedCrc32C<X64Crc32CInstructions>.Append(~crc, bytes);
        if (Arm64Crc32CInstructions.IsSupported) return ~InterleavedCrc32C<Arm64Crc32CInstructions>.Append(~crc, bytes);
        return ~SlicedCrc32C.Append(~crc, bytes);
    }

    /// <summary>
    /// The checksum of two messages laid end to end, from their own checksums; the bytes are not needed.
    /// </summary>
    /// <param name="first">The checksum of the first message.</param>
    /// <param name="second">The checksum of the second message.</param>
    /// <param name="secondBytes">The length of the second message.</param>
    public static uint Combine(uint first, uint second, long secondBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(secondBytes);
        return Crc32CPolynomial.Multiply(first, Crc32CPolynomial.PowerOfX((ulong)secondBytes * 8)) ^ second;
    }
}
