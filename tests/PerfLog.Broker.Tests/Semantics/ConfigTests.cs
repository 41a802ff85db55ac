using Microsoft.Extensions.Time.Testing;
using PerfLog.Broker.Tests.Harness;
using PerfLog.Protocol.Messages;
using PerfLog.Records;

namespace PerfLog.Broker.Tests.Semantics;

/// <summary>Goal: a changed configuration takes effect on the running topic, and describes itself with its sources.</summary>
public sealed class ConfigTests
{
    private const sbyte Topic = 2;
    private const sbyte Broker = 4;
    private const sbyte Set = 0;
    private const sbyte Delete = 1;
    private const sbyte Append = 2;
    private const sbyte Subtract = 3;
    private const sbyte FromTopic = 1;
    private const sbyte FromDefaultBroker = 3;
    private const sbyte FromStaticBroker = 4;
    private const sbyte FromDefault = 5;

    [Fact]
    public async Task A_new_largest_batch_holds_for_the_next_request()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        byte[] batch = Batch.OfSize(2_000);

        Assert.Equal(ErrorCode.None, Alter(client, Topic, "t", ("max.message.bytes", Set, "1000")).ErrorCode);
        Assert.Equal(ErrorCode.MessageTooLarge, client.Produce("t", batch).ErrorCode);
        Assert.Equal(ErrorCode.None, Alter(client, Topic, "t", ("max.message.bytes", Delete, null)).ErrorCode);
        Assert.Equal(ErrorCode.None, client.Produce("t", batch).ErrorCode);
    }

    [Fact]
    public async Task A_topic_can_change_to_the_brokers_clock_and_back()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using TestBroker broker = await StartAsync(time);
        using RawClient client = broker.Connect();
        client.Append("t", Batch.At(now - 1_000, "created"));

        Alter(client, Topic, "t", ("message.timestamp.type", Set, "LogAppendTime"));
        ProduceResponse.PartitionProduceResponse stamped = client.Produce("t", Batch.At(now - 500, "stamped", "too"));
        Alter(client, Topic, "t", ("message.timestamp.type", Set, "CreateTime"));
        ProduceResponse.PartitionProduceResponse created = client.Produce("t", Batch.At(now - 200, "created"));

        Assert.Equal((now, -1L), (stamped.LogAppendTimeMs, created.LogAppendTimeMs));
        byte[] read = client.Fetch("t", 0).Records!;
        Assert.Equal([now - 1_000, now, now, now - 200], Batch.Read(read).Select(static record => record.Timestamp));
        Assert.True(ChecksumsAreRight(read));
    }

    [Theory]
    [InlineData("gzip", CompressionCodec.Gzip)]
    [InlineData("snappy", CompressionCodec.Snappy)]
    [InlineData("lz4", CompressionCodec.Lz4)]
    [InlineData("zstd", CompressionCodec.Zstd)]
    [InlineData("uncompressed", CompressionCodec.None)]
    public async Task A_topics_codec_is_what_its_batches_are_stored_in(string name, CompressionCodec codec)
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        Alter(client, Topic, "t", ("compression.type", Set, name));
        string[] values = [new('a', 3_000), "b", new('c', 3_000)];

        client.Append("t", Batch.Of(values));
        client.Append("t", Batch.Of(CompressionCodec.Gzip, values));
        Alter(client, Topic, "t", ("compression.type", Set, "producer"));
        client.Append("t", Batch.Of(CompressionCodec.Lz4, values));

        FetchResponse.PartitionData read = client.Fetch("t", 0);
        Assert.Equal([codec, codec, CompressionCodec.Lz4], Codecs(read.Records!));
        Assert.Equal([.. values, .. values, .. values], read.Values());
        Assert.True(ChecksumsAreRight(read.Records!));
    }

    [Fact]
    public async Task A_smaller_retention_removes_old_segments_of_a_live_topic()
    {
        var time = new FakeTimeProvider();
        await using TestBroker broker = await TestBroker.StartAsync(time);
        broker.CreateTopic("t", configs: ("segment.bytes", "2000"));
        using RawClient client = broker.Connect();
        for (int round = 0; round < 10; round++) client.Append("t", Batch.OfSize(1_500));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, Start(client));

        Alter(client, Topic, "t", ("retention.bytes", Set, "4000"));

        Waiting.Until(() => Advanced(time) && Start(client) >= 7);
        Assert.Equal(ErrorCode.OffsetOutOfRange, client.Fetch("t", 0).ErrorCode);
        Assert.Equal(10, client.Append("t", Batch.Of("on")));
    }

    [Fact]
    public async Task Lists_take_entries_in_and_out()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();

        Assert.Equal(ErrorCode.None, Alter(client, Topic, "t", ("cleanup.policy", Append, "compact")).ErrorCode);
        Assert.Equal("delete,compact", Describe(client, Topic, "t", "cleanup.policy").Value);
        Assert.Equal(ErrorCode.None, Alter(client, Topic, "t", ("cleanup.policy", Subtract, "delete")).ErrorCode);
        Assert.Equal("compact", Describe(client, Topic, "t", "cleanup.policy").Value);
        Assert.Equal(ErrorCode.InvalidRecord, client.Produce("t", Batch.WithoutKey("a")).ErrorCode);
    }

    [Theory]
    [InlineData(Topic, "t", "no.such.key", Set, "1", ErrorCode.InvalidConfig)]
    [InlineData(Topic, "t", "retention.ms", Set, "soon", ErrorCode.InvalidConfig)]
    [InlineData(Topic, "t", "retention.ms", Set, null, ErrorCode.InvalidRequest)]
    [InlineData(Topic, "t", "retention.ms", Append, "1", ErrorCode.InvalidConfig)]
    [InlineData(Topic, "t", "retention.ms", 9, "1", ErrorCode.InvalidRequest)]
    [InlineData(Topic, "nowhere", "retention.ms", Set, "1", ErrorCode.UnknownTopicOrPartition)]
    [InlineData(Broker, "77", "log.retention.ms", Set, "1", ErrorCode.InvalidRequest)]
    [InlineData(Broker, "", "listeners", Set, "PLAINTEXT://:1", ErrorCode.InvalidConfig)]
    [InlineData(8, "0", "x", Set, "1", ErrorCode.InvalidRequest)]
    [InlineData(0, "t", "x", Set, "1", ErrorCode.InvalidRequest)]
    public async Task A_bad_change_is_refused_and_changes_nothing(
        sbyte type, string name, string key, sbyte operation, string? value, ErrorCode error)
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();

        var answer = Alter(client, type, name, (key, operation, value));

        Assert.Equal(error, answer.ErrorCode);
        Assert.False(string.IsNullOrEmpty(answer.ErrorMessage));
        Assert.Equal((type, name), (answer.ResourceType, answer.ResourceName));
        Assert.Equal(FromStaticBroker, Describe(client, Topic, "t", "retention.ms").ConfigSource);
    }

    [Fact]
    public async Task A_bad_key_keeps_the_good_ones_of_its_resource_from_being_set()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();

        Assert.Equal(ErrorCode.InvalidConfig, Alter(client, Topic, "t", ("segment.bytes", Set, "5000"), ("no.such.key", Set, "1")).ErrorCode);
        Assert.Equal(FromDefault, Describe(client, Topic, "t", "segment.bytes").ConfigSource);
    }

    [Fact]
    public async Task Validating_only_sets_nothing()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        IncrementalAlterConfigsRequest request = Change(Topic, "t", ("segment.bytes", Set, "5000"));
        request.ValidateOnly = true;

        Assert.Equal(ErrorCode.None, client.Call<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(request, 1).Responses[0].ErrorCode);
        Assert.Equal(FromDefault, Describe(client, Topic, "t", "segment.bytes").ConfigSource);
    }

    [Fact]
    public async Task The_older_request_replaces_all_that_was_set()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        Alter(client, Topic, "t", ("segment.bytes", Set, "5000"), ("max.message.bytes", Set, "1000"));
        var request = new AlterConfigsRequest
        {
            Resources = [new() { ResourceType = Topic, ResourceName = "t", Configs = [new() { Name = "segment.bytes", Value = "6000" }] }],
        };

        Assert.Equal(ErrorCode.None, client.Call<AlterConfigsRequest, AlterConfigsResponse>(request, 2).Responses[0].ErrorCode);

        Assert.Equal("6000", Describe(client, Topic, "t", "segment.bytes").Value);
        Assert.Equal(FromDefault, Describe(client, Topic, "t", "max.message.bytes").ConfigSource);
    }

    [Fact]
    public async Task A_value_names_its_source_and_those_behind_it()
    {
        await using TestBroker broker = await TestBroker.StartAsync(settings: ("log.segment.bytes", "70000"));
        broker.CreateTopic("t", configs: ("segment.bytes", "5000"));
        using RawClient client = broker.Connect();

        DescribeConfigsResponse.DescribeConfigsResourceResult row = Describe(client, Topic, "t", "segment.bytes");

        Assert.Equal(("5000", FromTopic, false, false), (row.Value, row.ConfigSource, row.ReadOnly, row.IsSensitive));
        Assert.Equal(
            [("segment.bytes", "5000", FromTopic), ("log.segment.bytes", "70000", FromStaticBroker), ("log.segment.bytes", "1073741824", FromDefault)],
            row.Synonyms.Select(static synonym => (synonym.Name, synonym.Value, synonym.Source)));
        Assert.False(string.IsNullOrEmpty(row.Documentation));
    }

    [Fact]
    public async Task A_default_of_all_brokers_takes_effect_on_topics_that_do_not_say_otherwise()
    {
        await using TestBroker broker = await StartAsync();
        broker.CreateTopic("own", configs: ("max.message.bytes", "100000"));
        using RawClient client = broker.Connect();

        Assert.Equal(ErrorCode.None, Alter(client, Broker, "", ("message.max.bytes", Set, "1000")).ErrorCode);

        Assert.Equal(ErrorCode.MessageTooLarge, client.Produce("t", Batch.OfSize(2_000)).ErrorCode);
        Assert.Equal(ErrorCode.None, client.Produce("own", Batch.OfSize(2_000)).ErrorCode);
        Assert.Equal(("1000", FromDefaultBroker), Source(Describe(client, Topic, "t", "max.message.bytes")));
        Assert.Equal(("1000", FromDefaultBroker), Source(Describe(client, Broker, "0", "message.max.bytes")));
        Assert.Equal(ErrorCode.None, Alter(client, Broker, "", ("message.max.bytes", Delete, null)).ErrorCode);
        Assert.Equal(ErrorCode.None, client.Produce("t", Batch.OfSize(2_000)).ErrorCode);
    }

    [Fact]
    public async Task The_broker_describes_itself_and_nobody_else()
    {
        await using TestBroker broker = await TestBroker.StartAsync(settings: ("num.partitions", "7"));
        using RawClient client = broker.Connect();

        DescribeConfigsResponse.DescribeConfigsResourceResult row = Describe(client, Broker, "0", "num.partitions");
        Assert.Equal(("7", FromStaticBroker, true), (row.Value, row.ConfigSource, row.ReadOnly));
        Assert.Equal(ErrorCode.InvalidRequest, DescribeAll(client, Broker, "5").ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, DescribeAll(client, Topic, "nowhere").ErrorCode);
        Assert.Equal(ErrorCode.InvalidRequest, DescribeAll(client, 99, "x").ErrorCode);
        Assert.True(DescribeAll(client, Broker, "0").Configs.Count > 50);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Every_version_describes(short version)
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        var request = new DescribeConfigsRequest { Resources = [new() { ResourceType = Topic, ResourceName = "t", ConfigurationKeys = ["segment.bytes"] }] };

        var row = Assert.Single(client.Call<DescribeConfigsRequest, DescribeConfigsResponse>(request, version).Results[0].Configs);

        Assert.Equal("1073741824", row.Value);
        Assert.Equal(version == 0, row.IsDefault);
        Assert.Empty(row.Synonyms);
    }

    private static (string? Value, sbyte Source) Source(DescribeConfigsResponse.DescribeConfigsResourceResult row) => (row.Value, row.ConfigSource);

    private static bool Advanced(FakeTimeProvider time)
    {
        time.Advance(TimeSpan.FromSeconds(1));
        return true;
    }

    private static long Start(RawClient client) => client.Fetch("t", 10).LogStartOffset;

    private static List<CompressionCodec> Codecs(ReadOnlySpan<byte> batches)
    {
        List<CompressionCodec> codecs = [];
        while (!batches.IsEmpty)
        {
            var batch = new RecordBatchView(batches);
            codecs.Add(batch.Codec);
            batches = batches[batch.SizeBytes..];
        }

        return codecs;
    }

    private static bool ChecksumsAreRight(ReadOnlySpan<byte> batches)
    {
        while (!batches.IsEmpty)
        {
            var batch = new RecordBatchView(batches);
            if (PerfLog.Hashing.Crc32C.Compute(batches[RecordBatchLayout.Attributes..batch.SizeBytes]) != batch.Crc) return false;
            batches = batches[batch.SizeBytes..];
        }

        return true;
    }

    private static IncrementalAlterConfigsResponse.AlterConfigsResourceResponse Alter(
        RawClient client, sbyte type, string name, params (string Key, sbyte Operation, string? Value)[] changes) =>
        Assert.Single(client.Call<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(Change(type, name, changes), 1).Responses);

    private static IncrementalAlterConfigsRequest Change(
        sbyte type, string name, params (string Key, sbyte Operation, string? Value)[] changes) => new()
        {
            Resources =
            [
                new()
                {
                    ResourceType = type,
                    ResourceName = name,
                    Configs = [.. changes.Select(static change => new IncrementalAlterConfigsRequest.AlterableConfig { Name = change.Key, ConfigOperation = change.Operation, Value = change.Value })],
                },
            ],
        };

    private static DescribeConfigsResponse.DescribeConfigsResourceResult Describe(RawClient client, sbyte type, string name, string key)
    {
        var request = new DescribeConfigsRequest
        {
            Resources = [new() { ResourceType = type, ResourceName = name, ConfigurationKeys = [key] }],
            IncludeSynonyms = true,
            IncludeDocumentation = true,
        };
        return Assert.Single(Assert.Single(client.Call<DescribeConfigsRequest, DescribeConfigsResponse>(request, 4).Results).Configs);
    }

    private static DescribeConfigsResponse.DescribeConfigsResult DescribeAll(RawClient client, sbyte type, string name) =>
        Assert.Single(client.Call<DescribeConfigsRequest, DescribeConfigsResponse>(
            new DescribeConfigsRequest { Resources = [new() { ResourceType = type, ResourceName = name, ConfigurationKeys = null }] }, 4).Results);

    private static async Task<TestBroker> StartAsync(TimeProvider? time = null)
    {
        TestBroker broker = await TestBroker.StartAsync(time);
        broker.CreateTopic("t");
        return broker;
    }
}
