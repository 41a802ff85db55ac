using System.Collections.Immutable;
using System.Globalization;
using PerfLog.Broker.Configuration;
using PerfLog.Metadata;

namespace PerfLog.Broker.Topics;

/// <summary>Changes the configuration of topics and brokers, wherever it is kept. Any thread may call it.</summary>
internal sealed class ConfigAlterer(ClusterMetadata cluster, TopicCatalog catalog, BrokerConfigs brokers, TopicConfigs configs)
{
    /// <summary>Makes the new values from the present ones, or refuses.</summary>
    public delegate CatalogResult<ImmutableDictionary<string, string>> Change(ImmutableDictionary<string, string> present);

    /// <summary>Changes single keys.</summary>
    public ValueTask<(ErrorCode Error, string? Message)> AlterAsync(
        ConfigResourceType type, string name, IReadOnlyList<ConfigAlteration> alterations, bool validateOnly) => ApplyAsync(
            type,
            name,
            present => configs.Alter(present, alterations),
            present => BrokerConfigAlterations.Alter(configs.Options.Config, present, alterations),
            validateOnly);

    /// <summary>Puts all values in the place of those that were set.</summary>
    public ValueTask<(ErrorCode Error, string? Message)> ReplaceAsync(
        ConfigResourceType type, string name, ImmutableDictionary<string, string> values, bool validateOnly) => ApplyAsync(
            type,
            name,
            _ => Checked(values, configs.Validate(values)),
            _ => Checked(values, BrokerConfigAlterations.Validate(values)),
            validateOnly);

    private static CatalogResult<ImmutableDictionary<string, string>> Checked(ImmutableDictionary<string, string> values, string? problem) =>
        problem is null ? CatalogResult.Of(values) : CatalogResult.Failed<ImmutableDictionary<string, string>>(ErrorCode.InvalidConfig, problem);

    private ValueTask<(ErrorCode Error, string? Message)> ApplyAsync(
        ConfigResourceType type, string name, Change ofTopic, Change ofBroker, bool validateOnly) => type switch
        {
            ConfigResourceType.Topic => ApplyToTopicAsync(name, ofTopic, validateOnly),
            ConfigResourceType.Broker => ApplyToBrokerAsync(name, ofBroker, validateOnly),
            _ => new((ErrorCode.InvalidRequest, $"Configuration of the resource type {(int)type} cannot be changed; topics (2) and brokers (4) can.")),
        };

    private async ValueTask<(ErrorCode Error, string? Message)> ApplyToTopicAsync(string name, Change change, bool validateOnly)
    {
        if (cluster.Image.Topics.Find(name) is not { } topic) return (ErrorCode.UnknownTopicOrPartition, $"There is no topic \"{name}\".");
        if (validateOnly) return Outcome(change(topic.Config));
        CatalogResult<TopicImage> altered = await catalog.AlterConfigAsync(name, present => change(present));
        return (altered.Error, altered.Message);
    }

    private async ValueTask<(ErrorCode Error, string? Message)> ApplyToBrokerAsync(string name, Change change, bool validateOnly)
    {
        BrokerId? broker = null;
        if (name.Length > 0)
        {
            if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int id) || !cluster.Image.Brokers.ContainsKey(new BrokerId(id)))
                return (ErrorCode.InvalidRequest, $"There is no broker \"{name}\". An empty name means all brokers.");
            broker = new BrokerId(id);
        }

        ImmutableDictionary<string, string> present = broker is { } one
            ? cluster.Image.BrokerConfigs.GetValueOrDefault(one, ImmutableDictionary<string, string>.Empty)
            : cluster.Image.DefaultBrokerConfig;
        return Outcome(validateOnly ? change(present) : await brokers.AlterAsync(broker, current => change(current)));
    }

    private static (ErrorCode Error, string? Message) Outcome(CatalogResult<ImmutableDictionary<string, string>> result) =>
        (result.Error, result.Message);
}
