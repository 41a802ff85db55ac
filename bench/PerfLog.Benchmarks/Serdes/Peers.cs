using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Google.Protobuf;
using MemoryPack;
using MessagePack;
using PerfLog.Records;

namespace PerfLog.Benchmarks.Serdes;

/// <summary>A serializer for one shape. A struct, so that the measuring loop is compiled for it alone.</summary>
internal interface ISerdePeer<T>
{
    void Write(T value, PlainWriter destination);

    T Read(ReadOnlyMemory<byte> bytes);
}

/// <summary>PerfLog's own.</summary>
internal readonly struct LogRecordPeer<T>(ISerde<T> serde) : ISerdePeer<T>
{
    public void Write(T value, PlainWriter destination) => serde.Serialize(value, destination);

    public T Read(ReadOnlyMemory<byte> bytes) => serde.Deserialize(bytes);
}

/// <summary>MemoryPack as its generator makes it, with its defaults.</summary>
internal readonly struct MemoryPackPeer<T> : ISerdePeer<T>
{
    public void Write(T value, PlainWriter destination) => MemoryPackSerializer.Serialize(in destination, value);

    public T Read(ReadOnlyMemory<byte> bytes) => MemoryPackSerializer.Deserialize<T>(bytes.Span)!;
}

/// <summary>MessagePack with integer keys.</summary>
internal readonly struct MessagePackPeer<T> : ISerdePeer<T>
{
    public void Write(T value, PlainWriter destination) => MessagePackSerializer.Serialize(destination, value);

    public T Read(ReadOnlyMemory<byte> bytes) => MessagePackSerializer.Deserialize<T>(bytes);
}

/// <summary>Protobuf with its own types.</summary>
internal readonly struct ProtobufPeer<T>(MessageParser<T> parser) : ISerdePeer<T>
    where T : IMessage<T>
{
    public void Write(T value, PlainWriter destination) => value.WriteTo(destination);

    public T Read(ReadOnlyMemory<byte> bytes) => parser.ParseFrom(bytes.Span);
}

/// <summary>System.Text.Json with a source-generated context; its writer is made once.</summary>
internal readonly struct JsonPeer<T>(JsonTypeInfo<T> type, Utf8JsonWriter writer) : ISerdePeer<T>
{
    public void Write(T value, PlainWriter destination)
    {
        writer.Reset(destination);
        JsonSerializer.Serialize(writer, value, type);
        writer.Flush();
    }

    public T Read(ReadOnlyMemory<byte> bytes) => JsonSerializer.Deserialize(bytes.Span, type)!;
}
