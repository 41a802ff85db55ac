using System.Collections.Immutable;
using PerfLog.Metadata;

namespace PerfLog.Broker.Configuration;

/// <summary>What IncrementalAlterConfigs does to a key, numbered as it sends it.</summary>
public enum AlterOperation : sbyte
{
    Set = 0,

    /// <summary>Back to the default.</summary>
    Delete = 1,

    /// <summary>Adds entries to a list.</summary>
    Append = 2,

    /// <summary>Takes entries out of a list.</summary>
    Subtract = 3,
}

/// <summary>One change of one key.</summary>
public readonly record struct ConfigAlteration(string Key, AlterOperation Operation, string? Value);

/// <summary>Carries out changes of keys. All methods are pure.</summary>
internal static class ConfigAlterations
{
    /// <param name="config">The values set so far.</param>
    /// <param name="alterations">The changes; a key may come once.</param>
    /// <param name="find">The known keys.</param>
    /// <param name="effective">The value that a list begins with when it is not set.</param>
    /// <param name="problemWith">What is wrong with a key and its new value; null when nothing is.</param>
    public static CatalogResult<ImmutableDictionary<string, string>> Apply(
        ImmutableDictionary<string, string> config,
        IReadOnlyList<ConfigAlteration> alterations,
        Func<string, ConfigKey?> find,
        Func<string, string> effective,
        Func<string, string, string?> problemWith)
    {
        var altered = new HashSet<string>(StringComparer.Ordinal);
        foreach (ConfigAlteration alteration in alterations)
        {
            if (!altered.Add(alteration.Key)) return Failed(ErrorCode.InvalidRequest, $"{alteration.Key} is changed more than once.");
            if (!Enum.IsDefined(alteration.Operation))
                return Failed(ErrorCode.InvalidRequest, $"{alteration.Key} has the unknown operation {(sbyte)alteration.Operation}.");
            if (alteration.Operation == AlterOperation.Delete)
            {
                config = config.Remove(alteration.Key);
                continue;
            }

            if (alteration.Value is null) return Failed(ErrorCode.InvalidRequest, $"{alteration.Key} has no value.");
            string value = alteration.Value;
            if (alteration.Operation != AlterOperation.Set && find(alteration.Key) is { } key)
            {
                if (key.Type != ConfigType.List)
                    return Failed(ErrorCode.InvalidConfig, $"{key.Name} is no list; entries cannot be added or taken out.");
                value = Combine(config.GetValueOrDefault(key.Name) ?? effective(key.Name), alteration);
            }

            if (problemWith(alteration.Key, value) is { } problem) return Failed(ErrorCode.InvalidConfig, problem);
            config = config.SetItem(alteration.Key, value);
        }

        return CatalogResult.Of(config);
    }

    private static string Combine(string present, ConfigAlteration alteration)
    {
        ImmutableArray<string> entries = ConfigText.List(present);
        ImmutableArray<string> changed = ConfigText.List(alteration.Value!);
        return string.Join(',', alteration.Operation == AlterOperation.Append ? entries.Union(changed) : entries.Except(changed));
    }

    private static CatalogResult<ImmutableDictionary<string, string>> Failed(ErrorCode error, string message) =>
        CatalogResult.Failed<ImmutableDictionary<string, string>>(error, message);
}
