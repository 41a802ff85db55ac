namespace PerfLog.Broker.Configuration;

/// <summary>
/// Gathers a broker's static configuration: a file, then the environment, then single values; what is added later wins.
/// Used by one thread while a program starts.
/// </summary>
/// <remarks>An unknown key in a file or variable is a warning, as in Kafka, because other programs' keys stand there
/// too; an unknown key given by hand is an error. A bad value is always one.</remarks>
public sealed class ConfigLayers
{
    private readonly Dictionary<string, ConfigSetting> _settings = new(StringComparer.Ordinal);
    private readonly List<string> _warnings = [];
    private readonly List<string> _problems = [];

    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>All that makes the configuration unusable.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Adds a properties text.</summary>
    /// <param name="text">The file's content.</param>
    /// <param name="origin">The file's name, for messages.</param>
    public ConfigLayers AddProperties(string text, string origin)
    {
        try
        {
            foreach (PropertyEntry entry in PropertiesText.Read(text))
                Add(entry.Key, entry.Value, $"{origin} line {entry.Line}", isStrict: false);
        }
        catch (FormatException exception)
        {
            _problems.Add($"{origin}: {exception.Message}");
        }

        return this;
    }

    /// <summary>
    /// Adds the variables that stand for keys: <c>PERFLOG_LOG_RETENTION_MS</c> or <c>KAFKA_LOG_RETENTION_MS</c>, the former
    /// wins. (<c>__</c> stands for a dash, <c>___</c> for an underscore.)
    /// </summary>
    public ConfigLayers AddEnvironment(IEnumerable<KeyValuePair<string, string>> variables)
    {
        KeyValuePair<string, string>[] ordered = [.. variables.OrderBy(static variable => variable.Key, StringComparer.Ordinal)];
        foreach ((string name, string value) in ordered)
        {
            // Kafka's own scripts use many variables of this prefix that are no keys, such as KAFKA_HEAP_OPTS.
            if (IsOf(name, EnvironmentKeys.KafkaPrefix) && BrokerKeys.Definition.Find(EnvironmentKeys.KeyOf(name)!) is not null)
                Add(EnvironmentKeys.KeyOf(name)!, value, name, isStrict: false);
        }

        foreach ((string name, string value) in ordered)
        {
            if (IsOf(name, EnvironmentKeys.OwnPrefix)) Add(EnvironmentKeys.KeyOf(name)!, value, name, isStrict: false);
        }

        return this;
    }

    /// <summary>Adds values given by hand.</summary>
    /// <param name="values">Keys and values.</param>
    /// <param name="origin">The flag or the caller, for messages.</param>
    public ConfigLayers AddValues(IEnumerable<KeyValuePair<string, string>> values, string origin)
    {
        foreach ((string key, string value) in values) Add(key, value, origin, isStrict: true);
        return this;
    }

    /// <summary>The configuration of all layers together.</summary>
    /// <exception cref="ConfigurationException">Some key or value is wrong.</exception>
    public BrokerConfig Build() =>
        _problems.Count == 0 ? new BrokerConfig(_settings) : throw new ConfigurationException(_problems);

    private void Add(string key, string value, string origin, bool isStrict)
    {
        string trimmed = value.Trim();
        if (BrokerKeys.Definition.Find(key) is not { } known)
        {
            string problem = $"{origin}: {BrokerKeys.Definition.UnknownKeyProblem("broker", key)}";
            if (isStrict) _problems.Add(problem);
            else _warnings.Add(problem);
        }
        else if (known.ProblemWith(trimmed) is { } problem)
        {
            _problems.Add($"{origin}: {problem}");
        }
        else
        {
            _settings[key] = new ConfigSetting(trimmed, origin);
        }
    }

    private static bool IsOf(string variable, string prefix) =>
        variable.Length > prefix.Length && variable.StartsWith(prefix, StringComparison.Ordinal);
}
