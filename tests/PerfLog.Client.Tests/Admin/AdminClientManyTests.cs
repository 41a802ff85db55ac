using PerfLog.Broker;
using PerfLog.Client.Admin;
using PerfLog.Client.Producing;
using PerfLog.Records;

namespace PerfLog.Client.Tests.Admin;

/// <summary>Calls about many items against a whole broker in this process: each item has its own outcome.</summary>
public sealed class AdminClientManyTests : IAsyncLifetime
{
    private EmbeddedBroker _broker = null!;
    private AdminClient _client = null!;

    public async Task InitializeAsync()
    {
        _broker = await EmbeddedBroker.StartAsync();
        _client = AdminClient.Create(new AdminClientOptions { BootstrapServers = _broker.BootstrapServers });
        (await _client.CreateTopicsAsync([new NewTopic("a", 2), new NewTopic("b", 1)])).ThrowIfAnyFailed();
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task Topics_are_made_and_deleted_beside_others_that_are_refused()
    {
        AdminResults<string, CreatedTopic> created = await _client.CreateTopicsAsync(
            [new NewTopic("c", 3), new NewTopic("a"), new NewTopic("bad name"), new NewTopic("d") { Assignments = [[new(0)], [new(0)]] }]);

        Assert.Equal(["c", "a", "bad name", "d"], created.Keys);
        Assert.Equal((3, (short)1), (created["c"].Value.Partitions, created["c"].Value.ReplicationFactor));
        Assert.Equal(2, created["d"].Value.Partitions);
        Assert.Equal([ErrorCode.TopicAlreadyExists, ErrorCode.InvalidTopicException], created.Failures.Select(static failure => failure.Error));
        AdminException all = Assert.Throws<AdminException>(created.ThrowIfAnyFailed);
        Assert.Contains("topic a: ", all.Message);
        Assert.Contains("topic bad name: ", all.Message);
        AdminResults<string, None> deleted = await _client.DeleteTopicsAsync(["c", "missing", "d"]);
        Assert.Equal([ErrorCode.None, ErrorCode.UnknownTopicOrPartition, ErrorCode.None], deleted.Values.Select(static result => result.Error));
        Assert.Equal(["a", "b"], await _client.ListTopicsAsync());
    }

    [Fact]
    public async Task What_is_only_validated_changes_nothing()
    {
        ChangeOptions validate = new() { ValidateOnly = true };

        Assert.Equal([ErrorCode.None, ErrorCode.TopicAlreadyExists], Errors(await _client.CreateTopicsAsync([new("c", 1), new("a", 1)], validate)));
        Assert.Equal([ErrorCode.None, ErrorCode.InvalidPartitions], Errors(await _client.CreatePartitionsAsync(
            new Dictionary<string, NewPartitions> { ["a"] = new(5), ["b"] = new(1) }, validate)));
        Assert.Equal([ErrorCode.None, ErrorCode.InvalidConfig], Errors(await _client.IncrementalAlterConfigsAsync(Changes("7", "many"), validate)));

        Assert.Equal(["a:2", "b:1"], (await _client.DescribeTopicsAsync()).Select(static topic => $"{topic.Name}:{topic.Partitions.Count}"));
        Assert.DoesNotContain(await _client.DescribeConfigsAsync(ConfigResource.Topic("a")), static entry => entry.Source == ConfigSource.Topic);
    }

    [Fact]
    public async Task Topics_grow_and_are_configured_one_by_one()
    {
        Assert.Equal([ErrorCode.None, ErrorCode.InvalidPartitions, ErrorCode.UnknownTopicOrPartition], Errors(await _client.CreatePartitionsAsync(
            new Dictionary<string, NewPartitions> { ["a"] = new(5), ["b"] = new(1), ["missing"] = new(2) })));
        Assert.Equal([ErrorCode.None, ErrorCode.InvalidConfig], Errors(await _client.IncrementalAlterConfigsAsync(Changes("777", "many"))));

        Assert.Equal(5, (await _client.DescribeTopicAsync("a")).Partitions.Count);
        ConfigResource broker = ConfigResource.Broker((await _client.DescribeClusterAsync()).Controller);
        AdminResults<ConfigResource, IReadOnlyList<ConfigEntry>> configs = await _client.DescribeConfigsAsync(
            [ConfigResource.Topic("a"), broker, ConfigResource.Topic("missing"), ConfigResource.Broker(new(99))],
            new DescribeConfigsOptions { IncludeDocumentation = true, IncludeSynonyms = true });
        ConfigEntry own = configs[ConfigResource.Topic("a")].Value.Single(static entry => entry.Name == "retention.bytes");
        Assert.Equal(("777", ConfigSource.Topic), (own.Value, own.Source));
        Assert.Equal("777", own.Synonyms[0].Value);
        Assert.NotEmpty(own.Documentation!);
        Assert.Contains(configs[broker].Value, static entry => entry.Name == "num.partitions");
        Assert.Equal([ErrorCode.UnknownTopicOrPartition, ErrorCode.BrokerNotAvailable], configs.Failures.Select(static failure => failure.Error));
    }

    [Fact]
    public async Task Offsets_times_and_records_of_many_partitions_are_told_and_deleted()
    {
        TopicPartition a0 = new("a", 0), a1 = new("a", 1), b0 = new("b", 0), missing = new("a", 7);
        await using Producer<None, int> producer = new(ProducerOptions.Safe(_broker.BootstrapServers));
        for (int number = 0; number < 4; number++)
        {
            await producer.SendAsync(new ProducerRecord<None, int>("a", default, number) { Partition = 0, Timestamp = new TimestampMs(1000 + number) });
        }

        AdminResults<TopicPartition, Offset> deleted = await _client.DeleteRecordsAsync(
            new Dictionary<TopicPartition, Offset> { [a0] = new(2), [a1] = new(1), [missing] = new(0) });
        Assert.Equal(new Offset(2), deleted[a0].Value);
        Assert.Equal([ErrorCode.OffsetOutOfRange, ErrorCode.UnknownTopicOrPartition], deleted.Failures.Select(static failure => failure.Error));

        AdminResults<TopicPartition, FoundOffset> earliest = await ListAsync(OffsetSpec.Earliest, a0, a1, b0, missing);
        Assert.Equal([2, 0, 0], new[] { a0, a1, b0 }.Select(partition => earliest[partition].Value.Offset.Value));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, earliest[missing].Error);
        Assert.Equal(new Offset(4), (await ListAsync(OffsetSpec.Latest, a0))[a0].Value.Offset);
        Assert.Equal(new TimestampMs(1003), (await ListAsync(OffsetSpec.MaxTimestamp, a0))[a0].Value.Timestamp);
        Assert.Equal(new Offset(3), (await ListAsync(OffsetSpec.At(new TimestampMs(1003)), a0))[a0].Value.Offset);

        AdminResults<TopicPartition, TimestampMs> times = await _client.FindTimesAsync(
            new Dictionary<TopicPartition, Offset> { [a0] = new(3), [b0] = new(0), [a1] = new(9) });
        Assert.Equal((new TimestampMs(1003), TimestampMs.None), (times[a0].Value, times[b0].Value));
        Assert.Equal(ErrorCode.OffsetOutOfRange, times[a1].Error);
    }

    [Fact]
    public async Task Groups_are_described_listed_and_deleted_beside_others_that_are_not_there()
    {
        foreach (string group in (string[])["g1", "g2"])
            (await _client.AlterGroupOffsetsAsync(group, [new GroupOffset(new("a", 1), new(0), "note"), new GroupOffset(new("b", 0), new(0))])).ThrowIfAnyFailed();

        AdminResults<string, GroupDescription> described = await _client.DescribeGroupsAsync(["g1", "none", "g2"]);
        Assert.Equal([ErrorCode.None, ErrorCode.GroupIdNotFound, ErrorCode.None], Errors(described));
        AdminResults<string, IReadOnlyList<GroupOffset>> offsets = await _client.ListGroupOffsetsAsync(["g2", "none", "g1"]);
        Assert.Equal([2, 0, 2], offsets.Values.Select(static result => result.Value.Count));
        Assert.Equal("note", offsets["g1"].Value[0].Metadata);
        Assert.Equal(2, (await _client.ListGroupsAsync(new ListGroupsOptions { States = ["Empty"] })).Count);
        Assert.Empty(await _client.ListGroupsAsync(new ListGroupsOptions { States = ["Stable"] }));
        Assert.Equal([ErrorCode.None, ErrorCode.GroupIdNotFound], Errors(await _client.DeleteGroupsAsync(["g1", "none"])));
        Assert.Equal(["g2"], (await _client.ListGroupsAsync()).Select(static group => group.GroupId));
    }

    [Fact]
    public async Task Log_directories_of_brokers_are_told_beside_brokers_that_are_not_there()
    {
        BrokerId broker = (await _client.DescribeClusterAsync()).Controller;

        AdminResults<BrokerId, IReadOnlyList<LogDirDescription>> told = await _client.DescribeLogDirsAsync([new(99), broker]);

        Assert.Equal(ErrorCode.BrokerNotAvailable, told[new(99)].Error);
        Assert.Equal(3, Assert.Single(told[broker].Value).Partitions.Count);
    }

    [Fact]
    public async Task Nothing_is_asked_about_nothing_and_one_thing_is_asked_about_once()
    {
        Assert.Empty(await _client.DescribeGroupsAsync([]));
        Assert.Single(await _client.DescribeTopicsAsync(["a", "a"]));
        await Assert.ThrowsAsync<ArgumentException>(() => _client.CreateTopicsAsync([new NewTopic("x"), new NewTopic("x")]));
    }

    private static IEnumerable<ErrorCode> Errors<TItem, TValue>(AdminResults<TItem, TValue> results)
        where TItem : notnull => results.Values.Select(static result => result.Error);

    private static Dictionary<ConfigResource, IReadOnlyCollection<ConfigChange>> Changes(string ofA, string ofB) => new()
    {
        [ConfigResource.Topic("a")] = [new("retention.bytes", ConfigOperation.Set, ofA)],
        [ConfigResource.Topic("b")] = [new("retention.bytes", ConfigOperation.Set, ofB)],
    };

    private Task<AdminResults<TopicPartition, FoundOffset>> ListAsync(OffsetSpec spec, params TopicPartition[] partitions) =>
        _client.ListOffsetsAsync(partitions.ToDictionary(static partition => partition, _ => spec));
}
