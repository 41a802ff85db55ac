using System.Text;
using PerfLog.Buffers;

namespace PerfLog.Records.Tests;

/// <summary>A record in plain words, to compare what was written with what is read.</summary>
public sealed record TestRecord(long Timestamp, string? Key, string? Value, (string Key, string? Value)[] Headers)
{
    public const int DecompressedBytesMax = 16 * 1024 * 1024;

    public bool Equals(TestRecord? other) =>
        other is not null && Timestamp == other.Timestamp && Key == other.Key && Value == other.Value
        && Headers.SequenceEqual(other.Headers);

    public override int GetHashCode() => HashCode.Combine(Timestamp, Key, Value, Headers.Length);

    public override string ToString() =>
        $"{Timestamp} {Key ?? "null"}={Value ?? "null"} [{string.Join(',', Headers.Select(static header => $"{header.Key}:{header.Value ?? "null"}"))}]";

    public static TestRecord[] ReadAll(ReadOnlySpan<byte> batch)
    {
        using var scratch = new GrowingBuffer(DecompressedBytesMax);
        var view = new RecordBatchView(batch);
        Assert.True(RecordBatchReader.TryOpen(view, scratch, DecompressedBytesMax, out RecordEnumerator records, out string? fault), fault);
        List<TestRecord> all = [];
        while (records.MoveNext())
        {
            Assert.Equal(view.BaseOffset + all.Count, records.Current.Offset);
            all.Add(Of(records.Current));
        }

        Assert.Null(records.Fault);
        return [.. all];
    }

    public static TestRecord Of(RecordView record)
    {
        List<(string, string?)> headers = [];
        foreach (HeaderView header in record.Headers) headers.Add((Encoding.UTF8.GetString(header.KeyUtf8), Text(header.Value)));
        return new TestRecord(record.Timestamp.Value, Text(record.Key), Text(record.Value), [.. headers]);
    }

    public bool AppendTo(RecordBatchBuilder builder) => builder.TryAppend(
        new TimestampMs(Timestamp),
        Bytes(Key),
        Bytes(Value),
        [.. Headers.Select(static header => new RecordHeader(header.Key, header.Value is null ? null : Bytes(header.Value)))]);

    public static byte[] Build(IEnumerable<TestRecord> records, BatchProperties properties)
    {
        using var builder = new RecordBatchBuilder(DecompressedBytesMax);
        builder.Begin(properties);
        foreach (TestRecord record in records) Assert.True(record.AppendTo(builder));
        return builder.Build().ToArray();
    }

    /// <summary>Records of every shape, from a seed; values repeat so that codecs have something to do.</summary>
    public static TestRecord[] Random(int seed, int countMax = 60)
    {
        var random = new Random(seed);
        var records = new TestRecord[1 + random.Next(countMax)];
        for (int index = 0; index < records.Length; index++)
        {
            records[index] = new TestRecord(
                1_700_000_000_000 + random.Next(-100_000, 100_000),
                random.Next(4) == 0 ? null : Text(random, 20),
                random.Next(5) == 0 ? null : Text(random, random.Next(20) == 0 ? 9000 : 200),
                [.. Enumerable.Range(0, random.Next(4)).Select(_ => (Text(random, 9), random.Next(3) == 0 ? null : Text(random, 30)))]);
        }

        return records;
    }

    private static string Text(Random random, int lengthMax) =>
        new string((char)('a' + random.Next(26)), random.Next(lengthMax)) + (random.Next(2) == 0 ? "ü€" : random.Next().ToString());

    private static byte[]? Bytes(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);

    private static string? Text(OptionalBytes bytes) => bytes.IsNull ? null : Encoding.UTF8.GetString(bytes.Span);
}
