namespace PerfLog.Client.Admin;

/// <summary>The kinds of things that have a configuration, numbered as in the protocol.</summary>
public enum ConfigResourceType : sbyte
{
    /// <summary>A topic, by its name.</summary>
    Topic = 2,

    /// <summary>A broker, by its id.</summary>
    Broker = 4,
}

/// <summary>What has a configuration.</summary>
public readonly record struct ConfigResource(ConfigResourceType Type, string Name)
{
    /// <summary>A topic's configuration.</summary>
    public static ConfigResource Topic(string name) => new(ConfigResourceType.Topic, name);

    /// <summary>A broker's configuration.</summary>
    public static ConfigResource Broker(BrokerId id) => new(ConfigResourceType.Broker, id.ToString());

    /// <inheritdoc/>
    public override string ToString() => $"{(Type == ConfigResourceType.Topic ? "topic" : "broker")} {Name}";
}

/// <summary>Where a configuration's value comes from, numbered as in the protocol.</summary>
public enum ConfigSource : sbyte
{
    /// <summary>The broker did not say.</summary>
    Unknown = -1,

    /// <summary>The topic's own.</summary>
    Topic = 1,

    /// <summary>Set on one broker while it ran.</summary>
    Broker = 2,

    /// <summary>Set on all brokers while they ran.</summary>
    AllBrokers = 3,

    /// <summary>The broker's file, environment or command line.</summary>
    BrokerStart = 4,

    /// <summary>Nobody set it.</summary>
    Default = 5,
}

/// <summary>One value of a configuration.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Value">Its value; null when there is none or it is secret.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="IsReadOnly">Whether it can only be changed by restarting the broker.</param>
/// <param name="IsSensitive">Whether its value is not told.</param>
public sealed record ConfigEntry(string Name, string? Value, ConfigSource Source, bool IsReadOnly, bool IsSensitive)
{
    /// <summary>What it means, in the broker's words; null unless asked for.</summary>
    public string? Documentation { get; init; }

    /// <summary>The value and those that it hides, the one that holds first; empty unless asked for.</summary>
    public IReadOnlyList<ConfigSynonym> Synonyms { get; init; } = [];
}

/// <summary>A value of a configuration as one source gives it.</summary>
public readonly record struct ConfigSynonym(string Name, string? Value, ConfigSource Source);

/// <summary>What to do to one value of a configuration, numbered as in the protocol.</summary>
public enum ConfigOperation : sbyte
{
    /// <summary>Give it the value.</summary>
    Set = 0,

    /// <summary>Go back to the default.</summary>
    Delete = 1,

    /// <summary>Add to a list.</summary>
    Append = 2,

    /// <summary>Take out of a list.</summary>
    Subtract = 3,
}

/// <summary>A change of one value of a configuration.</summary>
public readonly record struct ConfigChange(string Name, ConfigOperation Operation, string? Value = null);
