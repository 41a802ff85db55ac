using System.Text;
using PerfLog.Buffers;
using PerfLog.Records;

namespace PerfLog.Broker.Tests.Harness;

/// <summary>Record batches as a producer makes them, and what a consumer reads out of fetched ones.</summary>
internal static class Batch
{
    public const long Time = 1_700_000_000_000;
    private const int BytesMax = 64 * 1024 * 1024;

    public static byte[] Of(params string?[] values) => Build(new BatchProperties(), values);

    public static byte[] Of(CompressionCodec codec, params string?[] values) => Build(new BatchProperties { Codec = codec }, values);

    public static byte[] Idempotent(long producerId, short epoch, int baseSequence, params string?[] values) => Build(
        new BatchProperties { ProducerId = new ProducerId(producerId), ProducerEpoch = epoch, BaseSequence = baseSequence }, values);

    /// <summary>One record of so many bytes of value.</summary>
    public static byte[] OfSize(int valueBytes) => Of(new string('x', valueBytes));

    public static byte[] At(long timestamp, params string?[] values) => Build(new BatchProperties(), values, timestamp);

    /// <summary>Records with the key "k0", "k1" and so on; times rise by one millisecond.</summary>
    private static byte[] Build(BatchProperties properties, string?[] values, long timestamp = Time)
    {
        using var builder = new RecordBatchBuilder(BytesMax);
        builder.Begin(properties);
        for (int index = 0; index < values.Length; index++)
        {
            byte[] key = Encoding.UTF8.GetBytes($"k{index}");
            byte[]? value = values[index] is { } text ? Encoding.UTF8.GetBytes(text) : null;
            Assert.True(builder.TryAppend(new TimestampMs(timestamp + index), key, value));
        }

        return builder.Build().ToArray();
    }

    public static byte[] WithoutKey(string value)
    {
        using var builder = new RecordBatchBuilder(BytesMax);
        builder.Begin(new BatchProperties());
        Assert.True(builder.TryAppend(new TimestampMs(Time), OptionalBytes.Null, Encoding.UTF8.GetBytes(value)));
        return builder.Build().ToArray();
    }

    /// <summary>A copy with single bytes changed and the checksum made right again, so that only the change is wrong.</summary>
    public static byte[] Changed(byte[] batch, Action<byte[]> change)
    {
        byte[] changed = [.. batch];
        change(changed);
        RecordBatchFields.WriteCrc(changed);
        return changed;
    }

    /// <summary>Every record of fetched bytes: its offset, time and value. The bytes hold whole batches.</summary>
    public static List<(long Offset, long Timestamp, string? Value)> Read(ReadOnlySpan<byte> batches)
    {
        List<(long, long, string?)> all = [];
        using var scratch = new GrowingBuffer(BytesMax);
        while (!batches.IsEmpty)
        {
            int size = new RecordBatchView(batches).SizeBytes;
            var batch = new RecordBatchView(batches[..size]);
            Assert.True(RecordBatchReader.TryOpen(batch, scratch, BytesMax, out RecordEnumerator records, out string? fault), fault);
            while (records.MoveNext())
            {
                RecordView record = records.Current;
                all.Add((record.Offset.Value, record.Timestamp.Value, record.Value.IsNull ? null : Encoding.UTF8.GetString(record.Value.Span)));
            }

            Assert.Null(records.Fault);
            batches = batches[size..];
        }

        return all;
    }
}
