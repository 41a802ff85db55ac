using System.Buffers.Binary;
using System.IO.Compression;

namespace PerfLog.Broker.Tests.Harness;

/// <summary>Unpacks a gzip wrapper message: in magic 0 inner offsets are absolute, in magic 1 they count back from the wrapper's.</summary>
internal static class OldWrapper
{
    private const int MagicPosition = 16;

    public static List<OldMessage> Unpack(ReadOnlySpan<byte> wrapper, byte magic)
    {
        long offset = BinaryPrimitives.ReadInt64BigEndian(wrapper);
        int valueLength = MagicPosition + 2 + (magic == 0 ? 0 : sizeof(long)) + sizeof(int);
        Assert.Equal(-1, BinaryPrimitives.ReadInt32BigEndian(wrapper[(valueLength - sizeof(int))..]));
        using var packed = new MemoryStream(wrapper[(valueLength + sizeof(int))..].ToArray());
        using var gzip = new GZipStream(packed, CompressionMode.Decompress);
        using var plain = new MemoryStream();
        gzip.CopyTo(plain);
        List<OldMessage> inner = OldMessage.ReadAll(plain.ToArray());
        return magic == 0 ? inner : [.. inner.Select(message => message with { Offset = offset - inner[^1].Offset + message.Offset })];
    }
}
