using System.Buffers.Binary;
using System.IO.Hashing;
using PerfLog.Wire;

namespace PerfLog.Records;

/// <summary>One message of an old format, read in place; layout: <see cref="LegacyMessageLayout"/>.</summary>
internal readonly ref struct LegacyMessageView
{
    public Offset Offset { get; private init; }

    public byte Magic { get; private init; }

    public CompressionCodec Codec { get; private init; }

    public bool IsLogAppendTime { get; private init; }

    /// <summary>None in magic 0.</summary>
    public TimestampMs Timestamp { get; private init; }

    public OptionalBytes Key { get; private init; }

    public OptionalBytes Value { get; private init; }

    public bool IsWrapper => Codec != CompressionCodec.None;

    public static bool HasValidCrc(ReadOnlySpan<byte> message) =>
        Crc32.HashToUInt32(message[LegacyMessageLayout.Magic..])
        == BinaryPrimitives.ReadUInt32BigEndian(message[LegacyMessageLayout.Crc..]);

    /// <param name="message">One whole message of magic 0 or 1, with its offset and size.</param>
    /// <param name="view">Its fields.</param>
    /// <returns>What is wrong with the message; null when nothing is.</returns>
    public static string? Read(ReadOnlySpan<byte> message, out LegacyMessageView view)
    {
        byte magic = message[LegacyMessageLayout.Magic];
        byte attributes = message[LegacyMessageLayout.Attributes];
        var reader = new WireReader(message[LegacyMessageLayout.Body..]);
        long timestamp = magic == LegacyMessageLayout.Magic0 ? TimestampMs.None.Value : reader.ReadInt64();
        OptionalBytes key = ReadOptionalBytes(ref reader);
        OptionalBytes value = ReadOptionalBytes(ref reader);
        if (reader.Remaining > 0) reader.Fail("bytes follow a message's value");
        view = new LegacyMessageView
        {
            Offset = new Offset(BinaryPrimitives.ReadInt64BigEndian(message)),
            Magic = magic,
            Codec = (CompressionCodec)(attributes & LegacyMessageLayout.CodecMask),
            IsLogAppendTime = magic != LegacyMessageLayout.Magic0 && (attributes & LegacyMessageLayout.LogAppendTimeFlag) != 0,
            Timestamp = new TimestampMs(timestamp),
            Key = key,
            Value = value,
        };
        return reader.Failure;
    }

    private static OptionalBytes ReadOptionalBytes(scoped ref WireReader reader)
    {
        ReadOnlySpan<byte> bytes = reader.ReadNullableBytes(compact: false, out bool isNull);
        return isNull ? OptionalBytes.Null : new OptionalBytes(bytes);
    }
}
