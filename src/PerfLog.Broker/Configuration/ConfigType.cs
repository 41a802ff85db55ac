namespace PerfLog.Broker.Configuration;

/// <summary>What a configuration value is, numbered as DescribeConfigs sends it.</summary>
public enum ConfigType : sbyte
{
    Boolean = 1,
    String = 2,
    Int = 3,
    Short = 4,
    Long = 5,
    Double = 6,
    List = 7,
    Password = 9,
}

/// <summary>Where a value comes from, numbered as DescribeConfigs sends it. A lower number wins over a higher one.</summary>
public enum ConfigSource : sbyte
{
    DynamicTopic = 1,
    DynamicBroker = 2,
    DynamicDefaultBroker = 3,
    StaticBroker = 4,
    Default = 5,
}

/// <summary>When a broker's value can be changed.</summary>
public enum ConfigUpdate
{
    /// <summary>At the next start.</summary>
    ReadOnly,

    /// <summary>While running, for one broker or for all.</summary>
    WhileRunning,
}
