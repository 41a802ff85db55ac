using System.Collections.Immutable;
using System.Globalization;

namespace PerfLog.Broker.Configuration;

/// <summary>A broker's key that gives the default of another key, and how many of that key's units one of its units is.</summary>
public readonly record struct ConfigFallback(string Key, long Factor = 1);

/// <summary>One key of the configuration: what it means and what it may be. Immutable.</summary>
public sealed record ConfigKey(string Name, ConfigType Type, string? Default, ConfigCheck Check, string Documentation)
{
    /// <summary>The keys that stand in when this one is not set, the first that is set wins.</summary>
    public ImmutableArray<ConfigFallback> Fallbacks { get; init; } = [];

    public ConfigUpdate Update { get; init; } = ConfigUpdate.ReadOnly;

    /// <summary>True for values that are never shown.</summary>
    public bool IsSensitive => Type == ConfigType.Password;

    /// <summary>Says what is wrong with a value, as a whole sentence; null when nothing is.</summary>
    public string? ProblemWith(string value)
    {
        bool allowed = Type switch
        {
            ConfigType.Boolean => ConfigText.TryBoolean(value, out _),
            ConfigType.Short => AllowsWhole(value, short.MinValue, short.MaxValue),
            ConfigType.Int => AllowsWhole(value, int.MinValue, int.MaxValue),
            ConfigType.Long => AllowsWhole(value, long.MinValue, long.MaxValue),
            ConfigType.Double => ConfigText.TryDouble(value, out double number) && Check.AllowsNumber(number),
            ConfigType.List => AllowsList(ConfigText.List(value)),
            _ => Check.AllowsWord(value.Trim()),
        };
        if (allowed) return null;
        string shown = IsSensitive ? "the value set" : $"\"{value}\"";
        return $"Invalid value {shown} for {Name}: allowed is {Allowed}.";
    }

    private string Allowed => $"{Noun} {Check.Allowed}".TrimEnd();

    private string Noun => Type switch
    {
        ConfigType.Boolean => "true or false",
        ConfigType.Short or ConfigType.Int or ConfigType.Long => "a whole number",
        ConfigType.Double => "a number",
        ConfigType.List => "a list divided by commas",
        _ => Check.Allowed.Length > 0 ? "one" : "a text",
    };

    private bool AllowsWhole(string text, long least, long most) =>
        long.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
        && number >= least
        && number <= most
        && Check.AllowsNumber(number);

    private bool AllowsList(ImmutableArray<string> words) =>
        words.IsEmpty ? Check.AllowsEmpty : words.All(Check.AllowsWord);
}
