using System.Buffers;
using PerfLog.Client.Consuming;

namespace PerfLog.Server.Clients;

/// <summary>What Kafka's console consumer writes of a record, in its order, by the names of its properties.</summary>
internal sealed record ConsoleFormat
{
    public bool PrintsTimestamp { get; init; }

    public bool PrintsPartition { get; init; }

    public bool PrintsOffset { get; init; }

    public bool PrintsHeaders { get; init; }

    public bool PrintsKey { get; init; }

    public bool PrintsValue { get; init; } = true;

    public byte[] KeySeparator { get; init; } = "\t"u8.ToArray();

    public byte[] LineSeparator { get; init; } = InputLines.LineEnd;

    public byte[] HeadersSeparator { get; init; } = ","u8.ToArray();

    public byte[] NullLiteral { get; init; } = "null"u8.ToArray();

    public RecordFormat ToFormat()
    {
        List<RecordPart> fields = [];
        if (PrintsTimestamp) fields.Add(Timestamp);
        if (PrintsPartition) fields.Add(Partition);
        if (PrintsOffset) fields.Add(Offset);
        if (PrintsHeaders) fields.Add(RecordFormat.Headers(HeadersSeparator, ":"u8.ToArray(), NullLiteral, "NO_HEADERS"u8.ToArray()));
        if (PrintsKey) fields.Add(RecordFormat.Key(NullLiteral));
        if (PrintsValue) fields.Add(RecordFormat.Value(NullLiteral));
        List<RecordPart> parts = [];
        foreach (RecordPart field in fields)
        {
            if (parts.Count > 0) parts.Add(RecordFormat.Text(KeySeparator));
            parts.Add(field);
        }

        return new RecordFormat([.. parts, RecordFormat.Text(LineSeparator)]);
    }

    private static void Timestamp(IBufferWriter<byte> output, in ConsumedRecord<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> record)
    {
        output.Write(record.IsLogAppendTime ? "LogAppendTime:"u8 : "CreateTime:"u8);
        RecordFormat.Number(output, record.Timestamp.Value);
    }

    private static void Partition(IBufferWriter<byte> output, in ConsumedRecord<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> record)
    {
        output.Write("Partition:"u8);
        RecordFormat.Number(output, record.Partition);
    }

    private static void Offset(IBufferWriter<byte> output, in ConsumedRecord<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> record)
    {
        output.Write("Offset:"u8);
        RecordFormat.Number(output, record.Offset.Value);
    }
}
