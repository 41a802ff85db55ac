using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace PerfLog.Records;

/// <summary>Values as JSON, by a source-generated context, which needs no reflection.</summary>
internal sealed class JsonSerde<T>(JsonTypeInfo<T> type) : ISerde<T>
{
    public void Serialize(T value, IBufferWriter<byte> destination)
    {
        using Utf8JsonWriter writer = new(destination);
        JsonSerializer.Serialize(writer, value, type);
    }

    public T Deserialize(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes.Span, type) ?? throw new FormatException("the JSON is null");
        }
        catch (JsonException fault)
        {
            throw new FormatException($"the bytes are no JSON of {typeof(T).Name}: {fault.Message}", fault);
        }
    }
}
