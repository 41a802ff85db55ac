using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace PerfLog.Interop;

[Collection(SharedBrokerTests.Name)]
public sealed class ConfluentConfigTests(SharedBroker broker) : IDisposable
{
    private readonly IAdminClient _admin = Clients.Admin(broker.Address);

    public void Dispose() => _admin.Dispose();

    [Fact]
    public async Task A_topics_own_values_and_the_defaults_are_told_apart()
    {
        ConfigResource topic = await NewTopicAsync(new() { ["retention.ms"] = "5000" });

        Dictionary<string, ConfigEntryResult> entries = await EntriesAsync(topic);

        Assert.Equal(("5000", ConfigSource.DynamicTopicConfig, false), Facts(entries["retention.ms"]));
        Assert.Equal(("1073741824", ConfigSource.DefaultConfig, true), Facts(entries["segment.bytes"]));
        Assert.Equal("delete", entries["cleanup.policy"].Value);
    }

    [Fact]
    public async Task Single_values_are_set_and_removed_without_touching_the_others()
    {
        ConfigResource topic = await NewTopicAsync(new() { ["retention.ms"] = "5000", ["segment.bytes"] = "2000000" });

        await AlterAsync(topic, ("retention.bytes", "777", AlterConfigOpType.Set), ("retention.ms", "", AlterConfigOpType.Delete));

        Dictionary<string, ConfigEntryResult> entries = await EntriesAsync(topic);
        Assert.Equal("777", entries["retention.bytes"].Value);
        Assert.Equal(("604800000", ConfigSource.DefaultConfig, true), Facts(entries["retention.ms"]));
        Assert.Equal("2000000", entries["segment.bytes"].Value);
    }

    [Fact]
    public async Task Lists_are_appended_to_and_subtracted_from()
    {
        ConfigResource topic = await NewTopicAsync(new() { ["cleanup.policy"] = "delete" });

        await AlterAsync(topic, ("cleanup.policy", "compact", AlterConfigOpType.Append));
        string both = (await EntriesAsync(topic))["cleanup.policy"].Value;
        await AlterAsync(topic, ("cleanup.policy", "delete", AlterConfigOpType.Subtract));

        Assert.Equal("delete,compact", both);
        Assert.Equal("compact", (await EntriesAsync(topic))["cleanup.policy"].Value);
    }

    [Fact]
    public async Task A_changed_limit_takes_effect_at_once()
    {
        ConfigResource topic = await NewTopicAsync([]);
        using IProducer<string?, string> producer = Clients.Producer(broker.Address);
        await Clients.SendAsync(producer, topic.Name, [new string('x', 5000)]);

        await AlterAsync(topic, ("max.message.bytes", "1000", AlterConfigOpType.Set));

        ProduceException<string?, string> refused = await Assert.ThrowsAsync<ProduceException<string?, string>>(
            () => Clients.SendAsync(producer, topic.Name, [new string('x', 5000)]));
        Assert.Equal(Confluent.Kafka.ErrorCode.MsgSizeTooLarge, refused.Error.Code);
    }

    [Fact]
    public async Task A_bad_value_is_refused_and_changes_nothing()
    {
        ConfigResource topic = await NewTopicAsync(new() { ["retention.ms"] = "5000" });

        IncrementalAlterConfigsException refused = await Assert.ThrowsAsync<IncrementalAlterConfigsException>(
            () => AlterAsync(topic, ("retention.ms", "soon", AlterConfigOpType.Set)));

        Assert.Contains("retention.ms", refused.Results.Single().Error.Reason);
        Assert.Equal("5000", (await EntriesAsync(topic))["retention.ms"].Value);
    }

    [Fact]
    public async Task The_older_request_replaces_all_values()
    {
        ConfigResource topic = await NewTopicAsync(new() { ["retention.ms"] = "5000" });

        await Limits.WithinAsync("alter configs", Clients.Done(_admin.AlterConfigsAsync(
            new() { [topic] = [new ConfigEntry { Name = "retention.bytes", Value = "777" }] })));

        Dictionary<string, ConfigEntryResult> entries = await EntriesAsync(topic);
        Assert.Equal("777", entries["retention.bytes"].Value);
        Assert.True(entries["retention.ms"].IsDefault);
    }

    [Fact]
    public async Task The_brokers_configuration_is_described()
    {
        int id = (await _admin.DescribeClusterAsync()).Nodes.Single().Id;

        Dictionary<string, ConfigEntryResult> entries = await EntriesAsync(new() { Type = ResourceType.Broker, Name = $"{id}" });

        Assert.Equal(broker.DataFolder, entries["log.dirs"].Value);
        Assert.Contains("num.partitions", entries.Keys);
    }

    private static (string Value, ConfigSource Source, bool IsDefault) Facts(ConfigEntryResult entry) =>
        (entry.Value, entry.Source, entry.IsDefault);

    private async Task<ConfigResource> NewTopicAsync(Dictionary<string, string> configs)
    {
        string topic = SharedBroker.NewTopicName("configured");
        await Clients.CreateTopicAsync(broker.Address, topic, configs: configs);
        return new() { Type = ResourceType.Topic, Name = topic };
    }

    private async Task<Dictionary<string, ConfigEntryResult>> EntriesAsync(ConfigResource resource) =>
        (await Limits.WithinAsync("describe configs", _admin.DescribeConfigsAsync([resource]))).Single().Entries;

    private Task AlterAsync(ConfigResource resource, params (string Name, string Value, AlterConfigOpType Operation)[] changes) =>
        Limits.WithinAsync("alter configs", Clients.Done(_admin.IncrementalAlterConfigsAsync(new()
        {
            [resource] = [.. changes.Select(static change => new ConfigEntry
            {
                Name = change.Name, Value = change.Value, IncrementalOperation = change.Operation,
            })],
        })));
}
