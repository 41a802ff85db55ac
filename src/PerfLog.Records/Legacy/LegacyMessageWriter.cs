using System.Buffers.Binary;
using System.IO.Hashing;
using PerfLog.Buffers;
using PerfLog.Wire;

namespace PerfLog.Records;

/// <summary>
/// Appends messages of one old format to a buffer: in whole, or a wrapper in steps, whose value is compressed straight
/// into its place. False means that the buffer's limit is reached.
/// </summary>
internal readonly ref struct LegacyMessageWriter(GrowingBuffer destination, byte magic)
{
    private const int NullLength = -1;
    private const int LengthBytes = sizeof(int);

    private readonly GrowingBuffer _destination = destination;
    private readonly byte _magic = magic;

    private int HeaderBytes => LegacyMessageLayout.Body + (_magic == LegacyMessageLayout.Magic0 ? 0 : sizeof(long));

    public bool TryWrite(long offset, TimestampMs timestamp, bool isLogAppendTime, OptionalBytes key, OptionalBytes value)
    {
        int start = _destination.WrittenBytes;
        if (!TryWriteHeader(offset, timestamp, CompressionCodec.None, isLogAppendTime)) return false;
        if (!TryWrite(key) || !TryWrite(value)) return false;
        Finish(start);
        return true;
    }

    public bool TryWriteWrapper(
        long offset, TimestampMs timestamp, bool isLogAppendTime, CompressionCodec codec, ReadOnlySpan<byte> innerMessages)
    {
        int start = _destination.WrittenBytes;
        if (!TryWriteHeader(offset, timestamp, codec, isLogAppendTime) || !TryWrite(OptionalBytes.Null)) return false;
        if (!TryWrite(new OptionalBytes([]))) return false;
        int valueStart = _destination.WrittenBytes;
        if (!LegacyCompression.TryCompress(codec, _magic, innerMessages, _destination)) return false;
        Span<byte> lengthField = _destination.WrittenMemory.Span.Slice(valueStart - LengthBytes, LengthBytes);
        BinaryPrimitives.WriteInt32BigEndian(lengthField, _destination.WrittenBytes - valueStart);
        Finish(start);
        return true;
    }

    private bool TryWriteHeader(long offset, TimestampMs timestamp, CompressionCodec codec, bool isLogAppendTime)
    {
        if (!_destination.TryGetSpan(HeaderBytes, out Span<byte> free)) return false;
        bool hasTime = _magic != LegacyMessageLayout.Magic0;
        var writer = new WireWriter(free);
        writer.WriteInt64(offset);
        writer.WriteInt32(0);
        writer.WriteUInt32(0);
        writer.WriteByte(_magic);
        writer.WriteByte((byte)((byte)codec | (hasTime && isLogAppendTime ? LegacyMessageLayout.LogAppendTimeFlag : 0)));
        if (hasTime) writer.WriteInt64(timestamp.Value);
        _destination.Advance(writer.Position);
        return true;
    }

    private bool TryWrite(OptionalBytes bytes)
    {
        if (!_destination.TryGetSpan(LengthBytes, out Span<byte> free)) return false;
        BinaryPrimitives.WriteInt32BigEndian(free, bytes.IsNull ? NullLength : bytes.Span.Length);
        _destination.Advance(LengthBytes);
        return _destination.TryWrite(bytes.Span);
    }

    private void Finish(int start)
    {
        Span<byte> message = _destination.WrittenMemory.Span[start..];
        BinaryPrimitives.WriteInt32BigEndian(
            message[LegacyMessageLayout.MessageSize..], message.Length - LegacyMessageLayout.SizePrefixBytes);
        BinaryPrimitives.WriteUInt32BigEndian(
            message[LegacyMessageLayout.Crc..], Crc32.HashToUInt32(message[LegacyMessageLayout.Magic..]));
    }
}
