namespace PerfLog.Client;

/// <summary>An option of a client is unknown, has a bad value, or contradicts another. The message says which and what is allowed.</summary>
public sealed class ClientConfigurationException(string option, string message) : Exception(message)
{
    /// <summary>The option's name.</summary>
    public string Option { get; } = option;
}
