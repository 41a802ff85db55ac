namespace PerfLog.Broker.Configuration;

/// <summary>A value that was set, and where: "server.properties line 12", "--set", a variable's name.</summary>
public sealed record ConfigSetting(string Value, string Origin);

/// <summary>A value with the key that gave it and its source. Null is a key without a default.</summary>
public sealed record ConfigValue(string Key, string? Value, ConfigSource Source);

/// <summary>One row of the answer to DescribeConfigs.</summary>
/// <param name="Name">The key.</param>
/// <param name="Value">The effective value; null when it has none or is sensitive.</param>
/// <param name="Source">Where the effective value comes from.</param>
/// <param name="Type">What it is.</param>
/// <param name="IsReadOnly">True when it takes a restart to change it.</param>
/// <param name="IsSensitive">True when it is never shown.</param>
/// <param name="Documentation">What the key means.</param>
/// <param name="Synonyms">All values that would hold, one after the other; the first one does.</param>
public sealed record ConfigRow(
    string Name,
    string? Value,
    ConfigSource Source,
    ConfigType Type,
    bool IsReadOnly,
    bool IsSensitive,
    string Documentation,
    IReadOnlyList<ConfigValue> Synonyms);
