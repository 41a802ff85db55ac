using PerfLog.Broker.Tests.Harness;
using PerfLog.Protocol.Messages;
using PerfLog.Records;

namespace PerfLog.Broker.Tests.Semantics;

/// <summary>Goal: clients from before record batches write and read, and new clients see what they wrote.</summary>
public sealed class OldFormatTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(2, 1)]
    public async Task Old_messages_are_stored_as_record_batches(short version, byte magic)
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        OldMessage[] messages = Messages(magic);

        ProduceResponse.PartitionProduceResponse answer =
            client.Produce("t", [.. messages.SelectMany(static message => message.Write())], version: version);

        Assert.Equal((ErrorCode.None, 0L), (answer.ErrorCode, answer.BaseOffset));
        List<(long Offset, long Timestamp, string? Value)> read = Batch.Read(client.Fetch("t", 0).Records);
        Assert.Equal(messages.Select(static (message, index) => ((long)index, message.Timestamp, message.Value)), read);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Compressed_old_messages_are_stored_too(byte magic)
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();

        ProduceResponse.PartitionProduceResponse answer = client.Produce("t", OldMessage.WriteGzip(magic, Messages(magic)), version: 2);

        Assert.Equal(ErrorCode.None, answer.ErrorCode);
        FetchResponse.PartitionData read = client.Fetch("t", 0);
        Assert.Equal(Messages(magic).Select(static message => message.Value), read.Values());
        Assert.Equal(CompressionCodec.Gzip, new RecordBatchView(read.Records).Codec);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    public async Task Old_readers_get_old_messages(short version, byte magic)
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        client.Append("t", Batch.Of("a", null));
        client.Append("t", Batch.Of(CompressionCodec.Gzip, "c", "d"));

        FetchResponse.PartitionData answer = client.Fetch("t", 1, version: version);

        Assert.Equal((ErrorCode.None, 4L), (answer.ErrorCode, answer.HighWatermark));
        List<OldMessage> messages = Plain(answer.Records!, magic);
        Assert.Equal([1L, 2L, 3L], messages.Select(static message => message.Offset));
        Assert.Equal([null, "c", "d"], messages.Select(static message => message.Value));
        Assert.Equal(["k1", "k0", "k1"], messages.Select(static message => message.Key));
        Assert.All(messages, message => Assert.Equal(magic, message.Magic));
        if (magic > 0) Assert.Equal([Batch.Time + 1, Batch.Time, Batch.Time + 1], messages.Select(static message => message.Timestamp));
    }

    [Fact]
    public async Task Zstd_is_refused_to_readers_that_do_not_know_it()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        client.Append("t", Batch.Of(CompressionCodec.Zstd, "a"));

        Assert.Equal(ErrorCode.UnsupportedCompressionType, client.Fetch("t", 0, version: 3).ErrorCode);
        Assert.Equal(ErrorCode.UnsupportedCompressionType, client.Fetch("t", 0, version: 9).ErrorCode);
        Assert.Equal(["a"], client.Fetch("t", 0, version: 10).Values());
    }

    [Theory]
    [InlineData("checksum")]
    [InlineData("length")]
    [InlineData("magic")]
    [InlineData("empty")]
    public async Task Bad_old_messages_are_refused(string what)
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        byte[] set = new OldMessage(0, 1, Batch.Time, "k", "v").Write();
        if (what == "checksum") set[13] ^= 1;
        if (what == "length") set[11] += 9;
        if (what == "magic") set[16] = 5;
        if (what == "empty") set = [];

        ProduceResponse.PartitionProduceResponse answer = client.Produce("t", set, version: 2);

        Assert.NotEqual(ErrorCode.None, answer.ErrorCode);
        Assert.Equal(-1, answer.BaseOffset);
        Assert.Equal(0, client.Append("t", Batch.Of("good")));
        Assert.Empty(broker.Log.Warnings);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    public async Task Every_newer_produce_version_appends(short version)
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();

        ProduceResponse.PartitionProduceResponse answer = client.Produce("t", Batch.Of("a"), version: version);

        Assert.Equal((ErrorCode.None, 0L, version >= 5 ? 0 : -1), (answer.ErrorCode, answer.BaseOffset, answer.LogStartOffset));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(12)]
    public async Task Every_fetch_version_by_name_reads(short version)
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        client.Append("t", Batch.Of("a"));

        Assert.Equal(["a"], client.Fetch("t", 0, version: version).Values());
    }

    /// <summary>Old messages, unpacked where the broker kept the batch's codec.</summary>
    private static List<OldMessage> Plain(byte[] set, byte magic)
    {
        List<OldMessage> plain = [];
        ReadOnlySpan<byte> rest = set;
        while (!rest.IsEmpty)
        {
            int size = 12 + System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(rest[8..]);
            if ((rest[17] & 7) == 0) plain.AddRange(OldMessage.ReadAll(rest[..size]));
            else plain.AddRange(OldWrapper.Unpack(rest[..size], magic));
            rest = rest[size..];
        }

        return plain;
    }

    private static OldMessage[] Messages(byte magic) =>
    [
        new(0, magic, magic == 0 ? -1 : Batch.Time, "k", "v"),
        new(1, magic, magic == 0 ? -1 : Batch.Time + 5, null, "w"),
        new(2, magic, magic == 0 ? -1 : Batch.Time + 6, "k", null),
    ];

    private static async Task<TestBroker> StartAsync()
    {
        TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic("t");
        return broker;
    }
}
