using System.Buffers;

namespace PerfLog.Records.Tests.LogRecords;

/// <summary>Writes and reads by a serde.</summary>
internal static class RoundTrip
{
    public static byte[] Bytes<T>(ISerde<T> serde, T value)
    {
        ArrayBufferWriter<byte> buffer = new();
        serde.Serialize(value, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    public static T Of<T>(ISerde<T> serde, T value) => serde.Deserialize(Bytes(serde, value));
}
