namespace PerfLog.Broker.Configuration;

/// <summary>The configuration cannot be used. Each problem names the key, the value, where it stands and what is allowed.</summary>
public sealed class ConfigurationException(IReadOnlyList<string> problems)
    : Exception(string.Join(Environment.NewLine, problems))
{
    /// <summary>All that is wrong, not only the first.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
