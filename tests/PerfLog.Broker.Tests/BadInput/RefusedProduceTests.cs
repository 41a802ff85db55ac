using System.Buffers.Binary;
using PerfLog.Broker.Tests.Harness;
using PerfLog.Protocol.Messages;
using PerfLog.Records;

namespace PerfLog.Broker.Tests.BadInput;

/// <summary>Goal: what may not be appended is refused with the documented error, nothing is stored, the connection lives.</summary>
public sealed class RefusedProduceTests
{
    private const string Topic = "t";

    private static readonly Dictionary<string, (Func<byte[]?> Records, ErrorCode Error)> Refused = new()
    {
        ["no records at all"] = (static () => null, ErrorCode.InvalidRecord),
        ["empty records"] = (static () => [], ErrorCode.InvalidRecord),
        ["a few bytes"] = (static () => [1, 2, 3], ErrorCode.InvalidRecord),
        ["two batches"] = (static () => [.. Batch.Of("a"), .. Batch.Of("b")], ErrorCode.InvalidRecord),
        ["a batch and a half"] = (static () => [.. Batch.Of("a"), .. Batch.Of("b")[..30]], ErrorCode.InvalidRecord),
        ["half a batch"] = (static () => Batch.Of("abcdefgh")[..70], ErrorCode.InvalidRecord),
        ["magic 1"] = (static () => Changed(RecordBatchLayout.Magic, 1), ErrorCode.InvalidRecord),
        ["magic 3"] = (static () => Changed(RecordBatchLayout.Magic, 3), ErrorCode.InvalidRecord),
        ["a wrong checksum"] = (static () => Flipped(RecordBatchLayout.Crc), ErrorCode.CorruptMessage),
        ["a flipped bit in a record"] = (static () => Flipped(RecordBatchLayout.Records + 5), ErrorCode.CorruptMessage),
        ["a batch length smaller than a header"] = (static () => WithInt32(RecordBatchLayout.BatchLength, 20), ErrorCode.CorruptMessage),
        ["a negative batch length"] = (static () => WithInt32(RecordBatchLayout.BatchLength, -1), ErrorCode.CorruptMessage),
        ["a batch length of two billion"] = (static () => WithInt32(RecordBatchLayout.BatchLength, int.MaxValue), ErrorCode.InvalidRecord),
        ["a base offset other than 0"] = (static () => Changed(RecordBatchLayout.BaseOffset + 7, 1), ErrorCode.InvalidRecord),
        ["a count of 0"] = (static () => WithInt32(RecordBatchLayout.RecordsCount, 0), ErrorCode.InvalidRecord),
        ["a negative count"] = (static () => WithInt32(RecordBatchLayout.RecordsCount, -1), ErrorCode.InvalidRecord),
        ["a count of more records than there are"] = (static () => WithCount(3), ErrorCode.InvalidRecord),
        ["a count of fewer records than there are"] = (static () => WithCount(1), ErrorCode.InvalidRecord),
        ["a count of two billion"] = (static () => WithCount(int.MaxValue), ErrorCode.InvalidRecord),
        ["a last offset that disagrees with the count"] = (static () => WithInt32(RecordBatchLayout.LastOffsetDelta, 5), ErrorCode.InvalidRecord),
        ["a record longer than the batch"] = (static () => Changed(RecordBatchLayout.Records, 0x7e), ErrorCode.InvalidRecord),
        ["a record of negative length"] = (static () => Changed(RecordBatchLayout.Records, 0x01), ErrorCode.InvalidRecord),
        ["an overlong varint in a record"] = (static () => WithOverlongVarint(), ErrorCode.InvalidRecord),
        ["a control batch"] = (static () => WithAttributes(0x20), ErrorCode.InvalidRecord),
        ["a delete horizon"] = (static () => WithAttributes(0x40), ErrorCode.InvalidRecord),
        ["an unknown attribute"] = (static () => WithAttributes(0x80), ErrorCode.InvalidRecord),
        ["log append time"] = (static () => WithAttributes(0x08), ErrorCode.InvalidTimestamp),
        ["transactional without a producer id"] = (static () => WithAttributes(0x10), ErrorCode.InvalidRecord),
        ["a codec that does not exist"] = (static () => WithAttributes(0x05), ErrorCode.UnsupportedCompressionType),
        ["a producer id without a sequence"] = (static () => Batch.Idempotent(7, 0, -1, "a"), ErrorCode.InvalidRecord),
        ["a producer id without an epoch"] = (static () => Batch.Idempotent(7, -1, 0, "a"), ErrorCode.InvalidRecord),
        ["gzip that is none"] = (static () => Bombs.BatchOf(CompressionCodec.Gzip, [1, 2, 3, 4, 5]), ErrorCode.InvalidRecord),
        ["snappy that is none"] = (static () => Bombs.BatchOf(CompressionCodec.Snappy, [200, 2, 3, 4, 5]), ErrorCode.InvalidRecord),
        ["lz4 that is none"] = (static () => Bombs.BatchOf(CompressionCodec.Lz4, [1, 2, 3, 4, 5]), ErrorCode.InvalidRecord),
        ["zstd that is none"] = (static () => Bombs.BatchOf(CompressionCodec.Zstd, [1, 2, 3, 4, 5]), ErrorCode.InvalidRecord),
        ["compressed nothing"] = (static () => Bombs.BatchOf(CompressionCodec.Gzip, []), ErrorCode.InvalidRecord),
        ["gzip cut short"] = (static () => Bombs.BatchOf(CompressionCodec.Gzip, Batch.Of(CompressionCodec.Gzip, "abc", "def")[61..80]), ErrorCode.InvalidRecord),
        ["more than max.message.bytes"] = (static () => Batch.OfSize(1_048_588), ErrorCode.MessageTooLarge),
    };

    public static TheoryData<string> RefusedNames => [.. Refused.Keys];

    [Theory]
    [MemberData(nameof(RefusedNames))]
    public async Task A_bad_batch_is_refused_and_not_stored(string name)
    {
        (Func<byte[]?> records, ErrorCode error) = Refused[name];
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic(Topic);
        using RawClient client = broker.Connect();

        ProduceResponse.PartitionProduceResponse answer = client.Produce(Topic, records());

        Assert.Equal(error, answer.ErrorCode);
        Assert.Equal((-1, -1, -1), (answer.BaseOffset, answer.LogAppendTimeMs, answer.LogStartOffset));
        Assert.False(string.IsNullOrEmpty(answer.ErrorMessage));
        Assert.Equal(0, client.Append(Topic, Batch.Of("good")));
        Assert.Empty(broker.Log.Warnings);
    }

    [Theory]
    [InlineData(CompressionCodec.Zstd)]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Snappy)]
    public async Task A_decompression_bomb_is_refused_with_bounded_memory(CompressionCodec codec)
    {
        byte[] bomb = Bombs.BatchOf(codec, codec switch
        {
            CompressionCodec.Zstd => Bombs.Zstd(8 * 1024),
            CompressionCodec.Gzip => Bombs.Gzip(512),
            _ => Bombs.Snappy(),
        });
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic(Topic);
        using RawClient client = broker.Connect();
        long before = GC.GetTotalAllocatedBytes();

        ProduceResponse.PartitionProduceResponse answer = client.Produce(Topic, bomb);

        // A validator may unpack 128 MiB; on the way there its buffer doubles, which adds up to as much again.
        Assert.Equal(ErrorCode.InvalidRecord, answer.ErrorCode);
        Assert.True(GC.GetTotalAllocatedBytes() - before < 400L * 1024 * 1024, "The bomb took too much memory.");
        Assert.Equal(0, client.Append(Topic, Batch.Of("good")));
        Assert.Empty(broker.Log.Warnings);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-2)]
    [InlineData(short.MaxValue)]
    public async Task Acks_other_than_none_one_or_all_are_refused(short acks)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic(Topic);
        using RawClient client = broker.Connect();

        Assert.Equal(ErrorCode.InvalidRequiredAcks, client.Produce(Topic, Batch.Of("a"), acks: acks).ErrorCode);
        Assert.Equal(0, client.Append(Topic, Batch.Of("good")));
    }

    [Theory]
    [InlineData("nowhere", 0)]
    [InlineData(Topic, 1)]
    [InlineData(Topic, -1)]
    [InlineData(Topic, int.MaxValue)]
    [InlineData("", 0)]
    [InlineData("../../etc", 0)]
    public async Task A_partition_that_is_not_there_is_unknown(string topic, int partition)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic(Topic);
        using RawClient client = broker.Connect();

        Assert.Equal(ErrorCode.UnknownTopicOrPartition, client.Produce(topic, Batch.Of("a"), partition).ErrorCode);
    }

    [Fact]
    public async Task A_topic_name_longer_than_any_is_unknown()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        using RawClient client = broker.Connect();

        Assert.Equal(ErrorCode.UnknownTopicOrPartition, client.Produce(new string('a', 20_000), Batch.Of("a")).ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, client.Fetch(new string('ä', 10_000), 0).ErrorCode);
    }

    [Fact]
    public async Task An_error_without_acks_closes_the_connection_with_one_warning()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        using RawClient client = broker.Connect();

        client.Send(ClientRequests.Produce("nowhere", Batch.Of("a"), acks: 0), ClientRequests.ProduceVersion);

        Assert.True(client.IsClosedByBroker());
        broker.AssertOneWarning("acks=0");
    }

    [Fact]
    public async Task Without_acks_there_is_no_answer_and_the_records_are_there()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic(Topic);
        using RawClient client = broker.Connect();

        client.Send(ClientRequests.Produce(Topic, Batch.Of("silent"), acks: 0), ClientRequests.ProduceVersion);

        // The next answer is the fetch's, so the produce had none.
        Assert.Equal(["silent"], client.Fetch(Topic, 0).Values());
    }

    [Fact]
    public async Task Zstd_is_refused_in_versions_that_do_not_know_it()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic(Topic);
        using RawClient client = broker.Connect();
        byte[] batch = Batch.Of(CompressionCodec.Zstd, "a");

        Assert.Equal(ErrorCode.UnsupportedCompressionType, client.Produce(Topic, batch, version: 6).ErrorCode);
        Assert.Equal(ErrorCode.None, client.Produce(Topic, batch, version: 7).ErrorCode);
    }

    [Fact]
    public async Task A_compacted_topic_refuses_a_record_without_a_key_and_names_it()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic(Topic, configs: ("cleanup.policy", "compact"));
        using RawClient client = broker.Connect();

        ProduceResponse.PartitionProduceResponse answer = client.Produce(Topic, Batch.WithoutKey("a"));

        Assert.Equal(ErrorCode.InvalidRecord, answer.ErrorCode);
        Assert.Equal(0, Assert.Single(answer.RecordErrors).BatchIndex);
        Assert.Equal(0, client.Append(Topic, Batch.Of("keyed")));
    }

    [Theory]
    [InlineData("message.timestamp.before.max.ms")]
    [InlineData("message.timestamp.after.max.ms")]
    public async Task A_record_whose_time_is_out_of_bounds_is_refused_and_named(string key)
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic(Topic, configs: (key, "60000"));
        using RawClient client = broker.Connect();
        long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        long bad = key.Contains("before") ? now - 3_600_000 : now + 3_600_000;

        ProduceResponse.PartitionProduceResponse answer = client.Produce(Topic, Batch.At(bad, "a", "b"));

        Assert.Equal(ErrorCode.InvalidTimestamp, answer.ErrorCode);
        Assert.Equal([0, 1], answer.RecordErrors.Select(static error => error.BatchIndex));
        Assert.Equal(0, client.Append(Topic, Batch.At(now, "good")));
    }

    [Fact]
    public async Task Internal_topics_take_records_from_the_cluster_itself_only()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic("__consumer_offsets", configs: ("cleanup.policy", "compact"));
        using RawClient stranger = broker.Connect();
        using RawClient admin = broker.Connect("__admin_client");

        Assert.Equal(ErrorCode.InvalidTopicException, stranger.Produce("__consumer_offsets", Batch.Of("a")).ErrorCode);
        Assert.Equal(ErrorCode.None, admin.Produce("__consumer_offsets", Batch.Of("a")).ErrorCode);
    }

    [Fact]
    public async Task A_batch_larger_than_a_segment_is_refused()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic(Topic, configs: ("segment.bytes", "1000"));
        using RawClient client = broker.Connect();

        Assert.Equal(ErrorCode.RecordListTooLarge, client.Produce(Topic, Batch.OfSize(2_000)).ErrorCode);
        Assert.Equal(0, client.Append(Topic, Batch.OfSize(500)));
    }

    [Fact]
    public async Task One_bad_partition_does_not_harm_the_others_of_its_request()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic(Topic, partitions: 3);
        using RawClient client = broker.Connect();
        ProduceRequest request = ClientRequests.Produce(Topic, Batch.Of("first"));
        request.TopicData[0].PartitionData.Add(new() { Index = 1, Records = Flipped(RecordBatchLayout.Crc) });
        request.TopicData[0].PartitionData.Add(new() { Index = 2, Records = Batch.Of("third") });

        var answers = client.Call<ProduceRequest, ProduceResponse>(request, ClientRequests.ProduceVersion).Responses[0].PartitionResponses;

        Assert.Equal([ErrorCode.None, ErrorCode.CorruptMessage, ErrorCode.None], answers.Select(static answer => answer.ErrorCode));
        Assert.Equal(["third"], client.Fetch(Topic, 0, partition: 2).Values());
    }

    private static byte[] Changed(int position, byte value) => Batch.Changed(Batch.Of("a", "b"), batch => batch[position] = value);

    private static byte[] WithInt32(int position, int value) =>
        Batch.Changed(Batch.Of("a", "b"), batch => BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(position), value));

    private static byte[] WithAttributes(short attributes) => Batch.Changed(
        Batch.Of("a", "b"), batch => BinaryPrimitives.WriteInt16BigEndian(batch.AsSpan(RecordBatchLayout.Attributes), attributes));

    /// <summary>The count lies, and the last offset with it, so that only the records themselves tell.</summary>
    private static byte[] WithCount(int count) => Batch.Changed(Batch.Of("a", "b"), batch =>
    {
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(RecordBatchLayout.RecordsCount), count);
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(RecordBatchLayout.LastOffsetDelta), count - 1);
    });

    private static byte[] WithOverlongVarint() => Batch.Changed(
        Batch.Of("abcdefghijkl"), batch => batch.AsSpan(RecordBatchLayout.Records, 8).Fill(0xff));

    /// <summary>One bit changed, the checksum left as it was.</summary>
    private static byte[] Flipped(int position)
    {
        byte[] batch = Batch.Of("a", "b");
        batch[position] ^= 1;
        return batch;
    }
}
