using PerfLog.Client.Admin;

namespace PerfLog.Server.Output;

/// <summary>A topic with the settings in which it differs from the cluster's defaults.</summary>
internal sealed record DescribedTopic(TopicDescription Topic, IReadOnlyList<ConfigEntry> OwnConfigs);
