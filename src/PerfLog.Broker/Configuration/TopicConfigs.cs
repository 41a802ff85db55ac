using System.Collections.Immutable;
using PerfLog.Metadata;

namespace PerfLog.Broker.Configuration;

/// <summary>
/// Topics' configuration: what a topic sets itself, over the defaults that its broker gives. Any thread may call it; the
/// one that follows the metadata sets <see cref="Options"/>.
/// </summary>
public sealed class TopicConfigs(BrokerOptions options)
{
    private BrokerOptions _options = options;

    /// <summary>The broker's options that give the defaults.</summary>
    public BrokerOptions Options
    {
        get => Volatile.Read(ref _options);
        set => Volatile.Write(ref _options, value);
    }

    /// <summary>The effective settings. Values set by another hand that are not valid here count as not set.</summary>
    public TopicSettings SettingsOf(IReadOnlyDictionary<string, string> config) =>
        TopicSettingsReader.Read(key => EffectiveValue(key, config), Options.ProducerIdExpirationMs);

    /// <summary>Says what is wrong with the values a topic sets, as a sentence; null when nothing is.</summary>
    public string? Validate(IReadOnlyDictionary<string, string> config)
    {
        foreach ((string name, string value) in config)
        {
            if (ProblemWith(name, value) is { } problem) return problem;
        }

        return Contradiction(config);
    }

    /// <summary>The rows that describe a topic: each key with its effective value and all values behind it.</summary>
    public IEnumerable<ConfigRow> Describe(IReadOnlyDictionary<string, string> config) =>
        TopicKeys.Definition.Keys.Select(key => Describe(key, config));

    /// <summary>Carries out the changes of IncrementalAlterConfigs on the values that a topic sets.</summary>
    public CatalogResult<ImmutableDictionary<string, string>> Alter(
        ImmutableDictionary<string, string> config, IReadOnlyList<ConfigAlteration> alterations)
    {
        CatalogResult<ImmutableDictionary<string, string>> altered = ConfigAlterations.Apply(
            config,
            alterations,
            TopicKeys.Definition.Find,
            name => EffectiveValue(name, config),
            ProblemWith);
        return altered.Succeeded && Contradiction(altered.Value!) is { } problem
            ? CatalogResult.Failed<ImmutableDictionary<string, string>>(ErrorCode.InvalidConfig, problem)
            : altered;
    }

    private static string? ProblemWith(string name, string value) =>
        TopicKeys.Definition.Find(name) is { } key
            ? key.ProblemWith(value)
            : TopicKeys.Definition.UnknownKeyProblem("topic", name);

    private string? Contradiction(IReadOnlyDictionary<string, string> config)
    {
        long least = ConfigText.Long(EffectiveValue(TopicKeys.MinCompactionLagMs, config));
        long most = ConfigText.Long(EffectiveValue(TopicKeys.MaxCompactionLagMs, config));
        return least <= most
            ? null
            : $"{TopicKeys.MinCompactionLagMs} is {least}, which is over {TopicKeys.MaxCompactionLagMs}, which is {most}.";
    }

    private string EffectiveValue(string name, IReadOnlyDictionary<string, string> config)
    {
        ConfigKey key = TopicKeys.Definition.Get(name);
        return ValuesOf(key, config).First() is var holding && holding.Source == ConfigSource.DynamicTopic
            ? holding.Value!
            : InTopicUnits(key, holding);
    }

    private ConfigRow Describe(ConfigKey key, IReadOnlyDictionary<string, string> config)
    {
        ConfigValue[] values = [.. ValuesOf(key, config)];
        return new ConfigRow(
            key.Name,
            values[0].Source == ConfigSource.DynamicTopic ? values[0].Value : InTopicUnits(key, values[0]),
            values[0].Source,
            key.Type,
            IsReadOnly: false,
            key.IsSensitive,
            key.Documentation,
            values);
    }

    /// <summary>The values behind a topic's key, the one that holds first. There is always one: the key's own default.</summary>
    private IEnumerable<ConfigValue> ValuesOf(ConfigKey key, IReadOnlyDictionary<string, string> config)
    {
        if (config.TryGetValue(key.Name, out string? own) && key.ProblemWith(own) is null)
            yield return new ConfigValue(key.Name, own, ConfigSource.DynamicTopic);
        bool hasDefault = false;
        ConfigKey[] brokerKeys = [.. key.Fallbacks.Select(static fallback => BrokerKeys.Definition.Get(fallback.Key))];
        foreach (ConfigValue value in Options.Config.ValuesOf(brokerKeys))
        {
            hasDefault |= value.Source == ConfigSource.Default;
            yield return value;
        }

        if (!hasDefault) yield return new ConfigValue(key.Name, key.Default, ConfigSource.Default);
    }

    /// <summary>A broker's hours as the topic's milliseconds; a negative number means "no limit" in every unit.</summary>
    private static string InTopicUnits(ConfigKey key, ConfigValue value)
    {
        foreach (ConfigFallback fallback in key.Fallbacks)
        {
            if (fallback.Key != value.Key || fallback.Factor == 1) continue;
            long number = ConfigText.Long(value.Value!);
            return ConfigText.Of(number < 0 ? -1 : number * fallback.Factor);
        }

        return value.Value!;
    }
}
