namespace PerfLog.Broker.Topics;

/// <summary>What a configuration belongs to, numbered as requests do.</summary>
internal enum ConfigResourceType : sbyte
{
    Topic = 2,
    Broker = 4,
    BrokerLogger = 8,
    ClientMetrics = 16,
    Group = 32,
}
