using System.Collections.Immutable;

namespace PerfLog.Broker.Configuration;

/// <summary>
/// A broker's configuration in its layers: defaults, what was set at the start, and what was set while running. Immutable.
/// Every value in it is valid.
/// </summary>
public sealed class BrokerConfig
{
    private static readonly ImmutableDictionary<string, string> Nothing =
        ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    private readonly ImmutableDictionary<string, ConfigSetting> _static;
    private readonly ImmutableDictionary<string, string> _ofAllBrokers;
    private readonly ImmutableDictionary<string, string> _ofThisBroker;

    internal BrokerConfig(IReadOnlyDictionary<string, ConfigSetting> settings)
        : this(settings.ToImmutableDictionary(StringComparer.Ordinal), Nothing, Nothing)
    {
    }

    private BrokerConfig(
        ImmutableDictionary<string, ConfigSetting> settings,
        ImmutableDictionary<string, string> ofAllBrokers,
        ImmutableDictionary<string, string> ofThisBroker)
    {
        _static = settings;
        _ofAllBrokers = ofAllBrokers;
        _ofThisBroker = ofThisBroker;
    }

    /// <summary>Nothing set: all defaults.</summary>
    public static BrokerConfig Defaults { get; } = new(new Dictionary<string, ConfigSetting>());

    /// <summary>
    /// The configuration with other values set while running. A value that another hand wrote and that is not valid here,
    /// or that only a restart may change, is left out.
    /// </summary>
    public BrokerConfig WithDynamic(
        IEnumerable<KeyValuePair<string, string>> ofAllBrokers, IEnumerable<KeyValuePair<string, string>> ofThisBroker) =>
        new(_static, Nothing.AddRange(ofAllBrokers.Where(IsUsable)), Nothing.AddRange(ofThisBroker.Where(IsUsable)));

    /// <summary>The effective value of a broker's key; null when it is not set and has no default.</summary>
    public string? Find(string key) => ValuesOf(BrokerKeys.Definition.Get(key)).FirstOrDefault()?.Value;

    /// <summary>The effective value of a broker's key that always has one.</summary>
    public string Get(string key) =>
        Find(key) ?? throw new InvalidOperationException($"The key {key} has no default, so it may be without a value.");

    /// <summary>Where a value was set at the start, for messages.</summary>
    public string OriginOf(string key) => _static.GetValueOrDefault(key)?.Origin ?? "the default";

    public bool IsSet(string key) => _static.ContainsKey(key) || _ofAllBrokers.ContainsKey(key) || _ofThisBroker.ContainsKey(key);

    /// <summary>All rows that describe the broker.</summary>
    public IEnumerable<ConfigRow> Describe() => BrokerKeys.Definition.Keys.Select(Describe);

    /// <summary>All values of broker keys that stand behind a key, the one that holds first.</summary>
    internal IEnumerable<ConfigValue> ValuesOf(params IReadOnlyList<ConfigKey> keys)
    {
        foreach (ConfigKey key in keys)
        {
            if (_ofThisBroker.TryGetValue(key.Name, out string? value)) yield return new(key.Name, value, ConfigSource.DynamicBroker);
        }

        foreach (ConfigKey key in keys)
        {
            if (_ofAllBrokers.TryGetValue(key.Name, out string? value))
                yield return new(key.Name, value, ConfigSource.DynamicDefaultBroker);
        }

        foreach (ConfigKey key in keys)
        {
            if (_static.TryGetValue(key.Name, out ConfigSetting? setting))
                yield return new(key.Name, setting.Value, ConfigSource.StaticBroker);
        }

        foreach (ConfigKey key in keys)
        {
            if (key.Default is not null) yield return new(key.Name, key.Default, ConfigSource.Default);
        }
    }

    private ConfigRow Describe(ConfigKey key)
    {
        ConfigValue[] values = [.. ValuesOf(key).Select(value => key.IsSensitive ? value with { Value = null } : value)];
        return new ConfigRow(
            key.Name,
            values.FirstOrDefault()?.Value,
            values.FirstOrDefault()?.Source ?? ConfigSource.Default,
            key.Type,
            key.Update == ConfigUpdate.ReadOnly,
            key.IsSensitive,
            key.Documentation,
            values);
    }

    private static bool IsUsable(KeyValuePair<string, string> entry) =>
        BrokerKeys.Definition.Find(entry.Key) is { Update: ConfigUpdate.WhileRunning } key && key.ProblemWith(entry.Value) is null;
}
