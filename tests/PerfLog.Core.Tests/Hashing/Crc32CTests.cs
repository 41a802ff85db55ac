using System.Text;
using FsCheck;
using FsCheck.Xunit;
using PerfLog.Hashing;

namespace PerfLog.Core.Tests.Hashing;

public sealed class Crc32CTests
{
    /// <summary>Lengths around each boundary: words, the least interleaved block, the largest block, several of them.</summary>
    public static readonly TheoryData<int> Lengths =
        [0, 1, 7, 8, 9, 63, 191, 192, 193, 215, 216, 217, 255, 256, 1000, 4096, 12287, 12288, 12289, 12479, 12480, 30000, 70001];

    [Theory]
    [InlineData("", 0u)]
    [InlineData("123456789", 0xe3069283u)]
    [InlineData("kafka", 0x084b20e1u)]
    public void Known_texts_have_their_known_checksums(string text, uint expected) =>
        Assert.Equal(expected, Crc32C.Compute(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Thirty_two_zeros_and_ones_have_the_checksums_of_the_iscsi_standard()
    {
        Assert.Equal(0x8a9136aau, Crc32C.Compute(new byte[32]));
        Assert.Equal(0x62a8ab43u, Crc32C.Compute(Enumerable.Repeat((byte)0xff, 32).ToArray()));
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Every_path_agrees_with_one_bit_at_a_time_at_every_alignment(int length)
    {
        byte[] bytes = RandomBytes(length + 8, seed: length);
        for (int start = 0; start < 8; start++)
        {
            ReadOnlySpan<byte> message = bytes.AsSpan(start, length);
            uint expected = BitByBit(~0u, message);

            Assert.Equal(expected, SlicedCrc32C.Append(~0u, message));
            Assert.Equal(expected, InterleavedCrc32C<SoftwareInstructions>.Append(~0u, message));
            Assert.Equal(~expected, Crc32C.Compute(message));
            if (X64Crc32CInstructions.IsSupported)
                Assert.Equal(expected, InterleavedCrc32C<X64Crc32CInstructions>.Append(~0u, message));
            if (Arm64Crc32CInstructions.IsSupported)
                Assert.Equal(expected, InterleavedCrc32C<Arm64Crc32CInstructions>.Append(~0u, message));
        }
    }

    [Property]
    public void Every_path_agrees_at_any_length_and_state(DoNotSize<ushort> anyLength, DoNotSize<uint> state)
    {
        byte[] message = RandomBytes(anyLength.Item % 30000, seed: anyLength.Item);

        uint expected = SlicedCrc32C.Append(state.Item, message);

        Assert.Equal(expected, InterleavedCrc32C<SoftwareInstructions>.Append(state.Item, message));
        Assert.Equal(~expected, Crc32C.Append(~state.Item, message));
    }

    [Property]
    public void Appending_and_combining_the_parts_gives_the_checksum_of_the_whole(DoNotSize<ushort> anyLength, DoNotSize<ushort> cut)
    {
        int length = anyLength.Item;
        byte[] message = RandomBytes(length, seed: cut.Item);
        int middle = length == 0 ? 0 : cut.Item % length;
        uint first = Crc32C.Compute(message.AsSpan(0, middle));
        uint second = Crc32C.Compute(message.AsSpan(middle));

        uint whole = Crc32C.Compute(message);

        Assert.Equal(whole, Crc32C.Append(first, message.AsSpan(middle)));
        Assert.Equal(whole, Crc32C.Combine(first, second, length - middle));
    }

    [Property]
    public void A_single_flipped_bit_changes_the_checksum(DoNotSize<ushort> length, DoNotSize<uint> bit)
    {
        byte[] message = RandomBytes(length.Item + 1, seed: length.Item);
        uint before = Crc32C.Compute(message);

        uint flipped = bit.Item % (uint)(message.Length * 8);
        message[flipped / 8] ^= (byte)(1 << (int)(flipped % 8));

        Assert.NotEqual(before, Crc32C.Compute(message));
    }

    [Fact]
    public void Computing_allocates_nothing()
    {
        byte[] message = RandomBytes(100_000, seed: 1);
        uint sum = Crc32C.Compute(message) ^ SlicedCrc32C.Append(0, message);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int length = 0; length < message.Length; length += 777)
        {
            sum ^= Crc32C.Compute(message.AsSpan(0, length)) ^ Crc32C.Combine(sum, sum, length);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.NotEqual(0u, sum);
    }

    private static byte[] RandomBytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Too plain to be wrong.</summary>
    private static uint BitByBit(uint state, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            state ^= value;
            for (int bit = 0; bit < 8; bit++) state = (state & 1) == 0 ? state >> 1 : (state >> 1) ^ 0x82F63B78;
        }

        return state;
    }

    /// <summary>The processor's three instructions in plain code: checks the interleaving and its algebra on any machine.</summary>
    private readonly struct SoftwareInstructions : ICrc32CInstructions
    {
        public static bool IsSupported => true;

        public static ulong Step(ulong state, byte value) => SlicedCrc32C.Append((uint)state, [value]);

        public static ulong Step(ulong state, ulong value) =>
            SlicedCrc32C.Append((uint)state, BitConverter.GetBytes(value));

        public static ulong Multiply(uint left, uint right)
        {
            ulong product = 0;
            for (int bit = 0; bit < 32; bit++)
            {
                if (((left >> bit) & 1) != 0) product ^= (ulong)right << bit;
            }

            return product;
        }
    }
}
