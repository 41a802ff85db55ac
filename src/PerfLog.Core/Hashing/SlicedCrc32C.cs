using System.Buffers.Binary;

namespace PerfLog.Hashing;

/// <summary>
/// CRC-32C by tables, eight bytes a step, for processors without an instruction for it. State in, state out: the
/// inversions at both ends of a checksum are the caller's.
/// </summary>
internal static class SlicedCrc32C
{
    private const int Slices = 8;
    private const int BytesValues = 256;

    /// <summary>At slice * 256 + value: what the byte does to the state when that many bytes follow it.</summary>
    private static readonly uint[] Table = BuildTable();

    public static uint Append(uint state, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= Slices; bytes = bytes[Slices..]) state = AppendEight(state, bytes);
        foreach (byte value in bytes) state = (state >> 8) ^ Table[(byte)state ^ value];
        return state;
    }

    private static uint AppendEight(uint state, ReadOnlySpan<byte> bytes)
    {
        uint low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ state;
        uint high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        return At(7, low) ^ At(6, low >> 8) ^ At(5, low >> 16) ^ At(4, low >> 24)
             ^ At(3, high) ^ At(2, high >> 8) ^ At(1, high >> 16) ^ At(0, high >> 24);
    }

    private static uint At(int slice, uint value) => Table[(slice * BytesValues) + (byte)value];

    private static uint[] BuildTable()
    {
        var table = new uint[Slices * BytesValues];
        for (int value = 0; value < BytesValues; value++)
        {
            uint state = (uint)value;
            for (int slice = 0; slice < Slices; slice++)
            {
                for (int bit = 0; bit < 8; bit++) state = Crc32CPolynomial.MultiplyByX(state);
                table[(slice * BytesValues) + value] = state;
            }
        }

        return table;
    }
}
