using System.Collections.Immutable;
using PerfLog.Metadata;

namespace PerfLog.Broker.Configuration;

/// <summary>Changes of brokers' configuration while they run. All methods are pure.</summary>
public static class BrokerConfigAlterations
{
    /// <summary>Carries out the changes of IncrementalAlterConfigs on the values set for a broker, or for all.</summary>
    public static CatalogResult<ImmutableDictionary<string, string>> Alter(
        BrokerConfig broker, ImmutableDictionary<string, string> config, IReadOnlyList<ConfigAlteration> alterations) =>
        ConfigAlterations.Apply(config, alterations, BrokerKeys.Definition.Find, name => broker.Find(name) ?? "", ProblemWith);

    /// <summary>Says what is wrong with values to set while running, as a sentence; null when nothing is.</summary>
    public static string? Validate(IReadOnlyDictionary<string, string> config) =>
        config.Select(static entry => ProblemWith(entry.Key, entry.Value)).FirstOrDefault(static problem => problem is not null);

    private static string? ProblemWith(string name, string value)
    {
        if (BrokerKeys.Definition.Find(name) is not { } key) return BrokerKeys.Definition.UnknownKeyProblem("broker", name);
        return key.Update == ConfigUpdate.ReadOnly ? $"{name} can only be changed by a restart." : key.ProblemWith(value);
    }
}
