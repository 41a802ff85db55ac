using System.Buffers;

namespace PerfLog.Records;

/// <summary>Bytes as they are. Reading copies them.</summary>
internal sealed class BytesSerde : ISerde<byte[]>
{
    public void Serialize(byte[] value, IBufferWriter<byte> destination) => destination.Write(value);

    public byte[] Deserialize(ReadOnlyMemory<byte> bytes) => bytes.ToArray();
}

/// <summary>Bytes as they are, and in place: what was read lives as long as the batch that it lies in.</summary>
internal sealed class MemorySerde : ISerde<ReadOnlyMemory<byte>>
{
    public void Serialize(ReadOnlyMemory<byte> value, IBufferWriter<byte> destination) => destination.Write(value.Span);

    public ReadOnlyMemory<byte> Deserialize(ReadOnlyMemory<byte> bytes) => bytes;
}

/// <summary>Nothing: for records without keys.</summary>
internal sealed class NoneSerde : ISerde<None>
{
    public void Serialize(None value, IBufferWriter<byte> destination)
    {
    }

    public None Deserialize(ReadOnlyMemory<byte> bytes) => default;
}

/// <summary>The type of a key or value that is not there: always null on the wire, whatever is there is passed over.</summary>
public readonly record struct None;
