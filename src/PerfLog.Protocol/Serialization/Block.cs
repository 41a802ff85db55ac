using PerfLog.Wire;

namespace PerfLog.Protocol.Serialization;

/// <summary>Byte blocks of messages, copied out of the frame: a message outlives it. Views do not copy.</summary>
internal static class Block
{
    public static int Size(byte[]? bytes, bool compact) =>
        bytes is null ? WireSize.NullBytes(compact) : WireSize.Bytes(bytes.Length, compact);

    public static void Write(ref WireWriter writer, byte[]? bytes, bool compact)
    {
        if (bytes is null) writer.WriteNullBytes(compact);
        else writer.WriteBytes(bytes, compact);
    }

    public static byte[] Read(ref WireReader reader, bool compact) => reader.ReadBytes(compact).ToArray();

    public static byte[]? ReadNullable(ref WireReader reader, bool compact)
    {
        ReadOnlySpan<byte> bytes = reader.ReadNullableBytes(compact, out bool isNull);
        return isNull ? null : bytes.ToArray();
    }
}
