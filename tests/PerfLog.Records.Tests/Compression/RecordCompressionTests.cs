using System.IO.Hashing;
using FsCheck;
using FsCheck.Xunit;
using K4os.Compression.LZ4.Streams;
using PerfLog.Buffers;
using Snappier;

namespace PerfLog.Records.Tests.Compression;

public sealed class RecordCompressionTests
{
    private const int BytesMax = 8 * 1024 * 1024;

    public static TheoryData<CompressionCodec> Codecs => Golden.GoldenBatches.Codecs;

    /// <summary>Sizes around each codec's blocks.</summary>
    [Theory]
    [MemberData(nameof(Codecs))]
    public void What_is_compressed_decompresses_to_the_same_at_any_size(CompressionCodec codec)
    {
        foreach (int size in new[] { 0, 1, 2, 100, 32767, 32768, 32769, 65535, 65536, 65537, 200_000, 1_000_000 })
        {
            foreach (byte[] plain in new[] { Noise(size), Text(size), new byte[size] }) AssertRoundTrip(codec, plain);
        }
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Output_that_reaches_its_limit_is_told_from_output_that_passes_it(CompressionCodec codec)
    {
        foreach (byte[] plain in new[] { Noise(100_000), Text(100_000) })
        {
            byte[] compressed = Compress(codec, plain);
            Assert.Equal(plain, Decompress(codec, compressed, plain.Length));
            Assert.Null(Decompress(codec, compressed, plain.Length - 1));
            Assert.Null(Decompress(codec, compressed, 0));
        }
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Compressed_output_over_its_limit_is_refused(CompressionCodec codec)
    {
        using var output = new GrowingBuffer(50_000);

        Assert.False(RecordCompression.TryCompress(codec, Noise(100_000), output));
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Compressed_output_that_just_fits_its_limit_is_taken(CompressionCodec codec)
    {
        foreach (byte[] plain in new[] { Noise(200_000), Text(200_000), Noise(100), Text(100) })
        {
            int bytes = Compress(codec, plain).Length;
            using var output = new GrowingBuffer(bytes);
            Assert.True(RecordCompression.TryCompress(codec, plain, output));
            Assert.Equal(bytes, output.WrittenBytes);
            output.Reset(bytes - 1);
            Assert.False(RecordCompression.TryCompress(codec, plain, output));
        }
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void What_stands_in_the_destination_before_stays(CompressionCodec codec)
    {
        byte[] plain = Text(70_000);
        using var output = new GrowingBuffer(BytesMax);
        output.TryWrite([1, 2, 3]);
        Assert.True(RecordCompression.TryCompress(codec, plain, output));
        byte[] compressed = output.WrittenSpan[3..].ToArray();
        output.Truncate(3);

        Assert.True(RecordCompression.TryDecompress(codec, compressed, output, out _));
        Assert.Equal([1, 2, 3, .. plain], output.WrittenSpan.ToArray());
    }

    [Fact]
    public void A_bare_snappy_block_is_read()
    {
        byte[] plain = Text(200_000);

        Assert.Equal(plain, Decompress(CompressionCodec.Snappy, Snappy.CompressToArray(plain)));
    }

    [Fact]
    public void A_snappy_block_that_claims_more_than_it_can_hold_is_refused_without_room_for_it()
    {
        byte[] claimsTwoGigabytes = [0xff, 0xff, 0xff, 0xff, 0x07, 0, 0];

        Assert.Equal(CompressionFault.Snappy, Fault(CompressionCodec.Snappy, claimsTwoGigabytes));
    }

    [Theory]
    [InlineData(false, false, false, false)]
    [InlineData(true, false, false, false)]
    [InlineData(false, true, true, true)]
    [InlineData(true, true, true, true)]
    public void Lz4_frames_of_every_kind_are_read(bool chained, bool contentSum, bool blockSums, bool contentSize)
    {
        byte[] plain = [.. Text(300_000), .. Noise(100_000), .. Text(300_000)];
        foreach (int blockSize in new[] { 64 * 1024, 256 * 1024, 1024 * 1024, 4 * 1024 * 1024 })
        {
            var settings = new LZ4EncoderSettings
            {
                ChainBlocks = chained,
                ContentChecksum = contentSum,
                BlockChecksum = blockSums,
                BlockSize = blockSize,
            };
            byte[] frame = Lz4Frame(plain, settings);
            if (contentSize) frame = WithContentSize(frame, plain.Length);
            Assert.Equal(plain, Decompress(CompressionCodec.Lz4, frame));
            Assert.Equal((byte[]?)[.. plain, .. plain], Decompress(CompressionCodec.Lz4, [.. frame, .. frame]));
        }
    }

    [Fact]
    public void Our_lz4_frames_are_read_by_another_reader()
    {
        byte[] plain = [.. Text(300_000), .. Noise(100_000)];
        using var decoder = LZ4Stream.Decode(new MemoryStream(Compress(CompressionCodec.Lz4, plain)));
        var read = new MemoryStream();

        decoder.CopyTo(read);

        Assert.Equal(plain, read.ToArray());
    }

    [Fact]
    public void A_wrong_lz4_checksum_is_refused()
    {
        byte[] frame = Lz4Frame(Noise(1000), new LZ4EncoderSettings { ContentChecksum = true, BlockChecksum = true });
        foreach (int position in new[] { 6, 500, frame.Length - 1, frame.Length - 9 })
        {
            byte[] flipped = [.. frame];
            flipped[position] ^= 1;
            Assert.Equal(CompressionFault.Lz4Checksum, Fault(CompressionCodec.Lz4, flipped));
        }
    }

    [Fact]
    public void The_head_sum_of_magic_0_is_taken_only_where_it_belongs()
    {
        using var output = new GrowingBuffer(1000);
        Assert.True(Lz4Codec.TryCompress([1, 2, 3], output, Lz4Checksum.WithMagic));
        byte[] frame = output.WrittenSpan.ToArray();
        output.Reset(1000);

        Assert.Equal(CompressionFault.Lz4Checksum, Fault(CompressionCodec.Lz4, frame));
        Assert.Null(Lz4Codec.Decompress(frame, output, Lz4Checksum.WithMagic));
        Assert.Equal([1, 2, 3], output.WrittenSpan.ToArray());
    }

    /// <summary>Readers differ in what they make of missing ends, so none may be stored.</summary>
    [Theory]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Zstd)]
    public void Cut_off_bytes_are_refused_wherever_the_cut_lies(CompressionCodec codec)
    {
        byte[] compressed = Compress(codec, [.. Noise(40), .. Text(300)]);
        for (int length = 0; length < compressed.Length; length++)
        {
            if (codec == CompressionCodec.Snappy && length == 16) continue;
            Assert.NotNull(Fault(codec, compressed[..length]));
        }
    }

    /// <summary>Goal: no input makes a codec throw, spin, or write past its limit.</summary>
    [Property(MaxTest = 300)]
    public void Cut_and_mutated_bytes_are_decompressed_or_refused_and_nothing_throws(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var codec = (CompressionCodec)random.Next(8);
        byte[] plain = random.Next(2) == 0 ? Text(random.Next(100_000)) : Noise(random.Next(1000));
        byte[] bytes = RecordCompression.IsKnown(codec) ? Compress(codec, plain) : plain;
        for (int mutation = random.Next(4); mutation > 0 && bytes.Length > 0; mutation--)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        if (random.Next(2) == 0) bytes = bytes[..random.Next(bytes.Length + 1)];
        using var output = new GrowingBuffer(150_000);

        bool decompressed = RecordCompression.TryDecompress(codec, bytes, output, out string? fault);

        Assert.Equal(decompressed, fault is null);
        Assert.True(output.WrittenBytes <= 150_000);
    }

    private static void AssertRoundTrip(CompressionCodec codec, byte[] plain)
    {
        byte[]? again = Decompress(codec, Compress(codec, plain));
        Assert.True(again is not null && plain.AsSpan().SequenceEqual(again), $"{codec} at {plain.Length} bytes");
    }

    private static byte[] Compress(CompressionCodec codec, byte[] plain)
    {
        using var output = new GrowingBuffer(BytesMax);
        Assert.True(RecordCompression.TryCompress(codec, plain, output));
        return output.WrittenSpan.ToArray();
    }

    private static byte[]? Decompress(CompressionCodec codec, byte[] compressed, int bytesMax = BytesMax)
    {
        using var output = new GrowingBuffer(bytesMax);
        return RecordCompression.TryDecompress(codec, compressed, output, out string? fault) && fault is null
            ? output.WrittenSpan.ToArray()
            : null;
    }

    private static string? Fault(CompressionCodec codec, byte[] compressed)
    {
        using var output = new GrowingBuffer(BytesMax);
        RecordCompression.TryDecompress(codec, compressed, output, out string? fault);
        return fault;
    }

    private static byte[] Lz4Frame(byte[] plain, LZ4EncoderSettings settings)
    {
        var frame = new MemoryStream();
        using (var encoder = LZ4Stream.Encode(frame, settings, leaveOpen: true)) encoder.Write(plain);
        return frame.ToArray();
    }

    /// <summary>The library cannot write this field.</summary>
    private static byte[] WithContentSize(byte[] frame, long size)
    {
        byte[] head = [.. frame[..6], .. BitConverter.GetBytes(size)];
        head[4] |= 0x08;
        return [.. head, (byte)(XxHash32.HashToUInt32(head.AsSpan(4)) >> 8), .. frame[7..]];
    }

    private static byte[] Noise(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Text(int size)
    {
        var random = new Random(size);
        var bytes = new byte[size];
        for (int index = 0; index < size; index++) bytes[index] = (byte)('a' + (random.Next(3) * (index / 1000 % 7)));
        return bytes;
    }
}
