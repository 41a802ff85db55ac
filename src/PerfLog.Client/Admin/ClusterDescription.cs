namespace PerfLog.Client.Admin;

/// <summary>The cluster and its brokers.</summary>
public sealed record ClusterDescription(string ClusterId, BrokerId Controller, IReadOnlyList<BrokerDescription> Brokers);

/// <summary>A broker and where its clients reach it.</summary>
public sealed record BrokerDescription(BrokerId Id, BrokerAddress Address, string? Rack);
