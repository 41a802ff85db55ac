using System.Buffers;
using System.Text;
using System.Text.Json;
using PerfLog.Client.Consuming;
using PerfLog.Records;

namespace PerfLog.Server.Clients;

/// <summary>A record as one line of JSON, with the fields that kcat gives it. Bytes that are no UTF-8 are shown as replacement characters.</summary>
internal static class RecordJson
{
    public static readonly RecordFormat Format = new([Write]);

    private static void Write(IBufferWriter<byte> output, in ConsumedRecord<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> record)
    {
        using (Utf8JsonWriter json = new(output))
        {
            json.WriteStartObject();
            json.WriteString("topic", record.Topic);
            json.WriteNumber("partition", record.Partition);
            json.WriteNumber("offset", record.Offset.Value);
            json.WriteString("tstype", record.IsLogAppendTime ? "logappend" : "create");
            json.WriteNumber("ts", record.Timestamp.Value);
            WriteHeaders(json, record);
            WriteText(json, "key", record.HasKey, record.KeyBytes.Span);
            WriteText(json, "payload", record.HasValue, record.ValueBytes.Span);
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    // Names and values in turn, as kcat has them: a name may come more than once.
    private static void WriteHeaders(Utf8JsonWriter json, in ConsumedRecord<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> record)
    {
        if (record.HeadersCount == 0) return;
        json.WriteStartArray("headers");
        foreach (HeaderView header in record.Headers)
        {
            json.WriteStringValue(Encoding.UTF8.GetString(header.KeyUtf8));
            if (header.Value.HasValue) json.WriteStringValue(Encoding.UTF8.GetString(header.Value.Span));
            else json.WriteNullValue();
        }

        json.WriteEndArray();
    }

    private static void WriteText(Utf8JsonWriter json, string name, bool isThere, ReadOnlySpan<byte> bytes)
    {
        if (isThere) json.WriteString(name, Encoding.UTF8.GetString(bytes));
        else json.WriteNull(name);
    }
}
