using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace PerfLog.Metadata;

/// <summary>Turns bodies into nodes' data and back. A node that another hand wrote wrongly is an error naming its path.</summary>
internal static class ZnodeJson
{
    public static byte[] Write<T>(T body, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(body, type);

    public static T Read<T>(string path, ReadOnlyMemory<byte> data, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(data.Span, type) ?? throw new CorruptMetadataException($"{path} is null.");
        }
        catch (JsonException exception)
        {
            throw new CorruptMetadataException($"{path} is not as it should be: {exception.Message}", exception);
        }
    }
}
