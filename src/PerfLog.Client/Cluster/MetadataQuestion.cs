using PerfLog.Protocol.Messages;

namespace PerfLog.Client.Cluster;

/// <summary>Makes the requests for metadata. All methods are pure.</summary>
internal static class MetadataQuestion
{
    private const short FirstWithNull = 1;
    private const short FirstWithoutCreation = 4;

    /// <param name="topics">The topics; null for all.</param>
    /// <param name="version">The request's version.</param>
    /// <param name="allowsCreation">Whether asking for a topic may make it; older brokers do so in any case.</param>
    public static MetadataRequest About(IReadOnlyCollection<string>? topics, short version, bool allowsCreation) => new()
    {
        // Null asks for all topics, but in version 0 an empty list does.
        Topics = topics is null && version >= FirstWithNull
            ? null
            : [.. (topics ?? []).Select(static name => new MetadataRequest.MetadataRequestTopic { Name = name })],
        AllowAutoTopicCreation = version < FirstWithoutCreation || allowsCreation,
    };
}
