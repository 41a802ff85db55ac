using System.Collections.Frozen;
using System.Collections.Immutable;
using PerfLog.Text;

namespace PerfLog.Broker.Configuration;

/// <summary>All keys that topics or brokers have. Immutable.</summary>
public sealed class ConfigDefinition
{
    /// <summary>Names beyond this are no mistyped keys, and comparing them would only cost time.</summary>
    private const int MistypedLengthMax = 256;

    private const int NearMatchesMax = 3;

    private readonly FrozenDictionary<string, ConfigKey> _byName;

    public ConfigDefinition(IEnumerable<ConfigKey> keys)
    {
        Keys = [.. keys.OrderBy(static key => key.Name, StringComparer.Ordinal)];
        _byName = Keys.ToFrozenDictionary(static key => key.Name, StringComparer.Ordinal);
    }

    /// <summary>By name, in ordinal order.</summary>
    public ImmutableArray<ConfigKey> Keys { get; }

    public ConfigKey? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The key of a name that code, not a person, wrote.</summary>
    public ConfigKey Get(string name) =>
        Find(name) ?? throw new InvalidOperationException($"The configuration has no key {name}.");

    /// <summary>"Unknown … key x; did you mean y?"</summary>
    public string UnknownKeyProblem(string kind, string name)
    {
        string[] near = [.. NearMatches(name)];
        string hint = near.Length == 0 ? "" : $"; did you mean {string.Join(" or ", near)}?";
        return $"Unknown {kind} configuration {name}{(hint.Length == 0 ? "." : hint)}";
    }

    /// <summary>The known keys that a mistyped one may stand for, the nearest first.</summary>
    public IEnumerable<string> NearMatches(string name) => name.Length > MistypedLengthMax
        ? []
        : Keys
            .Select(key => (key.Name, Distance: EditDistance.Between(name, key.Name)))
            .Where(match => match.Distance <= Math.Max(2, name.Length / 4))
            .OrderBy(static match => match.Distance)
            .Select(static match => match.Name)
            .Take(NearMatchesMax);
}
