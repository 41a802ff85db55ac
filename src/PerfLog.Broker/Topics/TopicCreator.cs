using PerfLog.Broker.Configuration;
using PerfLog.Metadata;

namespace PerfLog.Broker.Topics;

/// <summary>Creates topics: fills in the broker's defaults, validates the configuration, and asks the catalog. Any thread.</summary>
internal sealed class TopicCreator(TopicCatalog catalog, BrokerOptions options, TopicConfigs configs)
{
    /// <summary>In a request, "the broker's default".</summary>
    public const int UseDefault = -1;

    /// <summary>A topic that nobody described, created because somebody uses it.</summary>
    public ValueTask<CatalogResult<TopicImage>> CreateWithDefaultsAsync(string name) =>
        CreateAsync(new NewTopic { Name = name, Partitions = UseDefault, ReplicationFactor = UseDefault }, validateOnly: false);

    public ValueTask<CatalogResult<TopicImage>> CreateAsync(NewTopic topic, bool validateOnly)
    {
        if (configs.Validate(topic.Config) is { } problem)
            return new(CatalogResult.Failed<TopicImage>(ErrorCode.InvalidConfig, problem));
        return catalog.CreateTopicAsync(WithDefaults(topic), validateOnly);
    }

    private NewTopic WithDefaults(NewTopic topic) => topic with
    {
        Partitions = topic.Partitions == UseDefault ? options.NumPartitions : topic.Partitions,
        ReplicationFactor = topic.ReplicationFactor == UseDefault ? options.DefaultReplicationFactor : topic.ReplicationFactor,
    };
}
