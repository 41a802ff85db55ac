using System.Buffers.Binary;
using System.IO.Compression;
using PerfLog.Records;

namespace PerfLog.Broker.Tests.Harness;

/// <summary>Small compressed batches that would unpack to gibibytes, and others whose compressed data are no good.</summary>
internal static class Bombs
{
    /// <summary>A batch that names a codec and has these bytes for its records.</summary>
    public static byte[] BatchOf(CompressionCodec codec, byte[] records)
    {
        byte[] plain = Batch.Of("one");
        byte[] batch = [.. plain[..RecordBatchLayout.HeaderBytes], .. records];
        return Batch.Changed(batch, changed =>
        {
            BinaryPrimitives.WriteInt32BigEndian(changed.AsSpan(RecordBatchLayout.BatchLength), changed.Length - RecordBatchLayout.LengthPrefixBytes);
            BinaryPrimitives.WriteInt16BigEndian(changed.AsSpan(RecordBatchLayout.Attributes), (short)codec);
        });
    }

    /// <summary>
    /// One zstd frame of 128 KiB run-length blocks, four bytes each: magic, a header without sizes, a 128 KiB window, blocks
    /// whose three-byte header says last (bit 0), kind 1 (bits 1-2) and length (bits 3-23).
    /// </summary>
    public static byte[] Zstd(int unpackedMebibytes)
    {
        const int BlockBytes = 128 * 1024;
        List<byte> frame = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38];
        int blocks = unpackedMebibytes * 8;
        for (int block = 0; block < blocks; block++)
        {
            int header = (BlockBytes << 3) | (1 << 1) | (block == blocks - 1 ? 1 : 0);
            frame.AddRange([(byte)header, (byte)(header >> 8), (byte)(header >> 16), 0]);
        }

        return [.. frame];
    }

    /// <summary>A gzip member of sixteen mebibytes of zeros, again and again: a stream may have many members.</summary>
    public static byte[] Gzip(int unpackedMebibytes)
    {
        using var member = new MemoryStream();
        using (var gzip = new GZipStream(member, CompressionLevel.SmallestSize, leaveOpen: true)) gzip.Write(new byte[16 * 1024 * 1024]);
        return [.. Enumerable.Repeat(member.ToArray(), unpackedMebibytes / 16).SelectMany(static bytes => bytes)];
    }

    /// <summary>A raw snappy block that says it unpacks to four gibibytes.</summary>
    public static byte[] Snappy() => [0xff, 0xff, 0xff, 0xff, 0x0f, 0x00, 0x41];
}
