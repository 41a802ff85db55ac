using PerfLog.Protocol.Messages;

namespace PerfLog.Client.Admin;

/// <summary>The requests about topics as wholes.</summary>
internal sealed class TopicRequests(ClusterConnections cluster, AdminClientOptions options)
{
    private int TimeoutMs => (int)options.RequestTimeout.TotalMilliseconds;

    public async Task<IReadOnlyList<TopicDescription>> DescribeAsync(
        IReadOnlyCollection<string>? names, CancellationToken cancellation)
    {
        MetadataResponse metadata = await cluster.AskAnyAsync<MetadataRequest, MetadataResponse>(
            version => Question(names, version), cancellation).ConfigureAwait(false);
        foreach (MetadataResponse.MetadataResponseTopic topic in metadata.Topics)
            AdminException.ThrowIfFailed(topic.ErrorCode, $"topic {topic.Name}");
        return [.. metadata.Topics.OrderBy(static topic => topic.Name, StringComparer.Ordinal).Select(Description)];
    }

    public async Task<Uuid> CreateAsync(NewTopic topic, bool validateOnly, CancellationToken cancellation)
    {
        CreateTopicsResponse response = await cluster.AskControllerAsync<CreateTopicsRequest, CreateTopicsResponse>(
            _ => new CreateTopicsRequest { Topics = [Creation(topic)], TimeoutMs = TimeoutMs, ValidateOnly = validateOnly },
            static answer => answer.Topics[0].ErrorCode, cancellation).ConfigureAwait(false);
        CreateTopicsResponse.CreatableTopicResult result = response.Topics[0];
        AdminException.ThrowIfFailed(result.ErrorCode, $"topic {topic.Name}", result.ErrorMessage);
        return result.TopicId;
    }

    public async Task DeleteAsync(string topic, CancellationToken cancellation)
    {
        DeleteTopicsResponse response = await cluster.AskControllerAsync<DeleteTopicsRequest, DeleteTopicsResponse>(
            version => Deletion(topic, version), static answer => answer.Responses[0].ErrorCode, cancellation).ConfigureAwait(false);
        DeleteTopicsResponse.DeletableTopicResult result = response.Responses[0];
        AdminException.ThrowIfFailed(result.ErrorCode, $"topic {topic}", result.ErrorMessage);
    }

    public async Task AddPartitionsAsync(string topic, int total, CancellationToken cancellation)
    {
        CreatePartitionsResponse response = await cluster.AskControllerAsync<CreatePartitionsRequest, CreatePartitionsResponse>(
            _ => new CreatePartitionsRequest
            {
                Topics = [new() { Name = topic, Count = total, Assignments = null }], TimeoutMs = TimeoutMs,
            },
            static answer => answer.Results[0].ErrorCode, cancellation).ConfigureAwait(false);
        CreatePartitionsResponse.CreatePartitionsTopicResult result = response.Results[0];
        AdminException.ThrowIfFailed(result.ErrorCode, $"topic {topic}", result.ErrorMessage);
    }

    // Null asks for all topics, but in version 0 an empty list does.
    private static MetadataRequest Question(IReadOnlyCollection<string>? names, short version) => new()
    {
        Topics = names is null
            ? (version == 0 ? [] : null)
            : [.. names.Select(static name => new MetadataRequest.MetadataRequestTopic { Name = name })],
        AllowAutoTopicCreation = version < 4,
    };

    private static CreateTopicsRequest.CreatableTopic Creation(NewTopic topic) => new()
    {
        Name = topic.Name,
        NumPartitions = topic.Partitions,
        ReplicationFactor = topic.ReplicationFactor,
        Configs = [.. topic.Configs.Select(static config =>
            new CreateTopicsRequest.CreatableTopicConfig { Name = config.Key, Value = config.Value })],
    };

    private DeleteTopicsRequest Deletion(string topic, short version)
    {
        const short FirstWithIds = 6;
        return version >= FirstWithIds
            ? new DeleteTopicsRequest { Topics = [new() { Name = topic }], TimeoutMs = TimeoutMs }
            : new DeleteTopicsRequest { TopicNames = [topic], TimeoutMs = TimeoutMs };
    }

    private static TopicDescription Description(MetadataResponse.MetadataResponseTopic topic) => new(
        topic.Name ?? "",
        topic.TopicId,
        topic.IsInternal,
        [.. topic.Partitions.OrderBy(static partition => partition.PartitionIndex).Select(static partition =>
            new PartitionDescription(
                partition.PartitionIndex, new BrokerId(partition.LeaderId), Ids(partition.ReplicaNodes), Ids(partition.IsrNodes)))]);

    private static BrokerId[] Ids(List<int> nodes) => [.. nodes.Select(static node => new BrokerId(node))];
}
