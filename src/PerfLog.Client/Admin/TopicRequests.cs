using PerfLog.Client.Cluster;
using PerfLog.Protocol.Messages;
using PerfLog.Records;

namespace PerfLog.Client.Admin;

/// <summary>The requests about the cluster and its topics as wholes.</summary>
internal sealed class TopicRequests(ItemCalls calls)
{
    private const string Cluster = "cluster";

    private readonly ControllerRouting<string> _controller = new(calls.Cluster);

    /// <summary>Asks for metadata that is about no topic (none), or about all (null).</summary>
    public Task<MetadataResponse> AskAsync(IReadOnlyCollection<string>? topics, AdminCallOptions? options, CancellationToken cancellation) =>
        calls.AskOneAsync(
            new ItemCall<string, MetadataResponse>(
                new AnyBroker<string>(),
                static item => item,
                async (broker, _, token) => [new(Cluster, await MetadataAsync(broker, topics, token).ConfigureAwait(false), ErrorCode.None)]),
            Cluster, options, cancellation);

    public async Task<ClusterDescription> DescribeClusterAsync(AdminCallOptions? options, CancellationToken cancellation)
    {
        MetadataResponse metadata = await AskAsync([], options, cancellation).ConfigureAwait(false);
        return new ClusterDescription(
            metadata.ClusterId ?? "",
            new BrokerId(metadata.ControllerId),
            [.. metadata.Brokers.OrderBy(static broker => broker.NodeId).Select(static broker =>
                new BrokerDescription(new BrokerId(broker.NodeId), new BrokerAddress(broker.Host, broker.Port), broker.Rack))]);
    }

    public async Task<IReadOnlyList<TopicDescription>> DescribeAllAsync(AdminCallOptions? options, CancellationToken cancellation)
    {
        MetadataResponse metadata = await AskAsync(null, options, cancellation).ConfigureAwait(false);
        return [.. metadata.Topics.Where(static topic => topic.ErrorCode == ErrorCode.None)
            .OrderBy(static topic => topic.Name, StringComparer.Ordinal).Select(Description)];
    }

    public Task<AdminResults<string, TopicDescription>> DescribeAsync(
        IEnumerable<string> names, AdminCallOptions? options, CancellationToken cancellation) =>
        calls.AskAsync(new ItemCall<string, TopicDescription>(new AnyBroker<string>(), Subject, AskAsync), names, options, cancellation);

    public Task<AdminResults<string, CreatedTopic>> CreateAsync(
        IEnumerable<NewTopic> topics, ChangeOptions? options, CancellationToken cancellation)
    {
        Dictionary<string, NewTopic> wanted = topics.ToDictionary(static topic => topic.Name);
        return calls.AskAsync(
            new ItemCall<string, CreatedTopic>(_controller, Subject, async (broker, names, token) =>
            {
                CreateTopicsResponse response = await broker.SendAsync<CreateTopicsRequest, CreateTopicsResponse>(
                    _ => new CreateTopicsRequest
                    {
                        Topics = [.. names.Select(name => Creation(wanted[name]))],
                        TimeoutMs = broker.TimeoutMs,
                        ValidateOnly = options?.ValidateOnly ?? false,
                    },
                    token).ConfigureAwait(false);
                return response.Topics.Select(static topic => new ItemAnswer<string, CreatedTopic>(
                    topic.Name, new(topic.TopicId, topic.NumPartitions, topic.ReplicationFactor), topic.ErrorCode, topic.ErrorMessage));
            }),
            wanted.Keys, options, cancellation);
    }

    public Task<AdminResults<string, None>> DeleteAsync(IEnumerable<string> names, AdminCallOptions? options, CancellationToken cancellation) =>
        calls.AskAsync(
            new ItemCall<string, None>(_controller, Subject, static async (broker, names, token) =>
            {
                DeleteTopicsResponse response = await broker.SendAsync<DeleteTopicsRequest, DeleteTopicsResponse>(
                    version => Deletion(names, version, broker.TimeoutMs), token).ConfigureAwait(false);
                return response.Responses.Select(static topic =>
                    new ItemAnswer<string, None>(topic.Name ?? "", default, topic.ErrorCode, topic.ErrorMessage));
            }),
            names, options, cancellation);

    public Task<AdminResults<string, None>> AddPartitionsAsync(
        IReadOnlyDictionary<string, NewPartitions> topics, ChangeOptions? options, CancellationToken cancellation) =>
        calls.AskAsync(
            new ItemCall<string, None>(_controller, Subject, async (broker, names, token) =>
            {
                CreatePartitionsResponse response = await broker.SendAsync<CreatePartitionsRequest, CreatePartitionsResponse>(
                    _ => new CreatePartitionsRequest
                    {
                        Topics = [.. names.Select(name => Growth(name, topics[name]))],
                        TimeoutMs = broker.TimeoutMs,
                        ValidateOnly = options?.ValidateOnly ?? false,
                    },
                    token).ConfigureAwait(false);
                return response.Results.Select(static topic => new ItemAnswer<string, None>(topic.Name, default, topic.ErrorCode, topic.ErrorMessage));
            }),
            topics.Keys, options, cancellation);

    private async Task<IEnumerable<ItemAnswer<string, TopicDescription>>> AskAsync(
        AskedBroker broker, IReadOnlyList<string> names, CancellationToken cancellation)
    {
        MetadataResponse metadata = await MetadataAsync(broker, names, cancellation).ConfigureAwait(false);
        return metadata.Topics.Select(static topic => new ItemAnswer<string, TopicDescription>(topic.Name ?? "", Description(topic), topic.ErrorCode));
    }

    private async Task<MetadataResponse> MetadataAsync(AskedBroker broker, IReadOnlyCollection<string>? topics, CancellationToken cancellation)
    {
        MetadataResponse metadata = await broker.SendAsync<MetadataRequest, MetadataResponse>(
            version => MetadataQuestion.About(topics, version, allowsCreation: false), cancellation).ConfigureAwait(false);
        calls.Cluster.Take(metadata);
        return metadata;
    }

    private static string Subject(string topic) => $"topic {topic}";

    private static CreateTopicsRequest.CreatableTopic Creation(NewTopic topic) => new()
    {
        Name = topic.Name,
        NumPartitions = topic.Partitions,
        ReplicationFactor = topic.ReplicationFactor,
        Assignments = [.. (topic.Assignments ?? []).Select(static (brokers, partition) => new CreateTopicsRequest.CreatableReplicaAssignment
        {
            PartitionIndex = partition, BrokerIds = Numbers(brokers),
        })],
        Configs = [.. topic.Configs.Select(static config =>
            new CreateTopicsRequest.CreatableTopicConfig { Name = config.Key, Value = config.Value })],
    };

    private static CreatePartitionsRequest.CreatePartitionsTopic Growth(string topic, NewPartitions partitions) => new()
    {
        Name = topic,
        Count = partitions.Total,
        Assignments = partitions.Assignments is { } assignments
            ? [.. assignments.Select(static brokers => new CreatePartitionsRequest.CreatePartitionsAssignment { BrokerIds = Numbers(brokers) })]
            : null,
    };

    private static DeleteTopicsRequest Deletion(IReadOnlyList<string> topics, short version, int timeoutMs)
    {
        const short FirstWithIds = 6;
        return version >= FirstWithIds
            ? new DeleteTopicsRequest { Topics = [.. topics.Select(static topic => new DeleteTopicsRequest.DeleteTopicState { Name = topic })], TimeoutMs = timeoutMs }
            : new DeleteTopicsRequest { TopicNames = [.. topics], TimeoutMs = timeoutMs };
    }

    private static TopicDescription Description(MetadataResponse.MetadataResponseTopic topic) => new(
        topic.Name ?? "",
        topic.TopicId,
        topic.IsInternal,
        [.. topic.Partitions.OrderBy(static partition => partition.PartitionIndex).Select(static partition =>
            new PartitionDescription(
                partition.PartitionIndex, new BrokerId(partition.LeaderId), Ids(partition.ReplicaNodes), Ids(partition.IsrNodes))
            {
                LeaderEpoch = new LeaderEpoch(partition.LeaderEpoch), OfflineReplicas = Ids(partition.OfflineReplicas),
            })]);

    private static BrokerId[] Ids(List<int> nodes) => [.. nodes.Select(static node => new BrokerId(node))];

    private static List<int> Numbers(IEnumerable<BrokerId> brokers) => [.. brokers.Select(static broker => broker.Value)];
}
