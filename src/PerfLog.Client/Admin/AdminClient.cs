namespace PerfLog.Client.Admin;

/// <summary>
/// Looks after a cluster: its topics, their configuration and their records, and its consumer groups. Works against any broker that speaks the
/// protocol. Made once and used by any thread; dispose it to close its connections.
/// </summary>
/// <remarks>A refusal by the cluster is an <see cref="AdminException"/>; a broker that cannot be reached or goes away is an
/// <see cref="IOException"/> that names it.</remarks>
public sealed class AdminClient : IAsyncDisposable
{
    private readonly ClusterConnections _cluster;
    private readonly TopicRequests _topics;
    private readonly ConfigRequests _configs;
    private readonly LogRequests _logs;
    private readonly GroupRequests _groups;
    private readonly GroupOffsetRequests _groupOffsets;

    private AdminClient(AdminClientOptions options)
    {
        _cluster = new ClusterConnections(options.Validate(), options);
        _topics = new TopicRequests(_cluster, options);
        _configs = new ConfigRequests(_cluster);
        _logs = new LogRequests(_cluster, _topics, options);
        var coordinators = new GroupCoordinators(_cluster, options);
        _groups = new GroupRequests(_cluster, coordinators);
        _groupOffsets = new GroupOffsetRequests(coordinators, _topics);
    }

    /// <summary>Makes a client; it connects when it is first asked something.</summary>
    /// <exception cref="FormatException">The bootstrap servers are no addresses.</exception>
    public static AdminClient Create(AdminClientOptions options) => new(options);

    /// <summary>Tells the cluster's id, its brokers and its controller.</summary>
    public Task<ClusterDescription> DescribeClusterAsync(CancellationToken cancellation = default) =>
        _cluster.DescribeAsync(cancellation);

    /// <summary>Tells the names of all topics, in order.</summary>
    public async Task<IReadOnlyList<string>> ListTopicsAsync(CancellationToken cancellation = default)
    {
        IReadOnlyList<TopicDescription> topics = await _topics.DescribeAsync(null, cancellation).ConfigureAwait(false);
        return [.. topics.Select(static topic => topic.Name)];
    }

    /// <summary>Describes topics, in order of their names; all of them when none is named.</summary>
    public Task<IReadOnlyList<TopicDescription>> DescribeTopicsAsync(
        IReadOnlyCollection<string>? names = null, CancellationToken cancellation = default) =>
        _topics.DescribeAsync(names, cancellation);

    /// <summary>Makes a topic.</summary>
    /// <returns>Its id; zero from brokers that have none.</returns>
    public Task<Uuid> CreateTopicAsync(NewTopic topic, bool validateOnly = false, CancellationToken cancellation = default) =>
        _topics.CreateAsync(topic, validateOnly, cancellation);

    /// <summary>Deletes a topic and its records.</summary>
    public Task DeleteTopicAsync(string topic, CancellationToken cancellation = default) =>
        _topics.DeleteAsync(topic, cancellation);

    /// <summary>Adds partitions to a topic, up to <paramref name="total"/>.</summary>
    public Task AddPartitionsAsync(string topic, int total, CancellationToken cancellation = default) =>
        _topics.AddPartitionsAsync(topic, total, cancellation);

    /// <summary>Tells the configuration of a topic or a broker.</summary>
    public Task<IReadOnlyList<ConfigEntry>> DescribeConfigsAsync(
        ConfigResource resource, CancellationToken cancellation = default) =>
        _configs.DescribeAsync(resource, cancellation);

    /// <summary>Changes single values of a configuration; the others stay. All changes are made, or none.</summary>
    public Task AlterConfigsAsync(
        ConfigResource resource, IReadOnlyCollection<ConfigChange> changes, CancellationToken cancellation = default) =>
        _configs.AlterAsync(resource, changes, cancellation);

    /// <summary>Deletes the records before an offset.</summary>
    /// <returns>The first offset that can still be read.</returns>
    public Task<Offset> DeleteRecordsAsync(TopicPartition partition, Offset before, CancellationToken cancellation = default) =>
        _logs.DeleteRecordsAsync(partition, before, cancellation);

    /// <summary>Answers a question about a partition's offsets.</summary>
    public Task<OffsetAnswer> FindOffsetAsync(
        TopicPartition partition, OffsetQuestion question, CancellationToken cancellation = default) =>
        _logs.FindOffsetAsync(partition, question, cancellation);

    /// <summary>Tells what lies in the log directories of a broker.</summary>
    public Task<IReadOnlyList<LogDirDescription>> DescribeLogDirsAsync(
        BrokerId broker, CancellationToken cancellation = default) =>
        _logs.DescribeDirsAsync(broker, cancellation);

    /// <summary>
    /// Tells the time of the record at an offset, or of the next one behind it where that one was compacted away.
    /// </summary>
    /// <returns>None when there is no record from there on, or it has no time.</returns>
    public Task<TimestampMs> FindTimeAsync(TopicPartition partition, Offset offset, CancellationToken cancellation = default) =>
        _logs.FindTimeAsync(partition, offset, cancellation);

    /// <summary>Lists the groups of all brokers, in order of their ids.</summary>
    public Task<IReadOnlyList<GroupListing>> ListGroupsAsync(CancellationToken cancellation = default) =>
        _groups.ListAsync(cancellation);

    /// <summary>Describes a group with its members, of either protocol.</summary>
    public Task<GroupDescription> DescribeGroupAsync(string group, CancellationToken cancellation = default) =>
        _groups.DescribeAsync(group, cancellation);

    /// <summary>Deletes a group without members, and all that it has committed.</summary>
    public Task DeleteGroupAsync(string group, CancellationToken cancellation = default) =>
        _groups.DeleteAsync(group, cancellation);

    /// <summary>Tells all that a group has committed, in order of topic and partition; nothing for an unknown group.</summary>
    public Task<IReadOnlyList<GroupOffset>> ListGroupOffsetsAsync(string group, CancellationToken cancellation = default) =>
        _groupOffsets.ListAsync(group, cancellation);

    /// <summary>Sets what a group has committed. The group must have no members.</summary>
    public Task AlterGroupOffsetsAsync(
        string group, IReadOnlyCollection<GroupOffset> offsets, CancellationToken cancellation = default) =>
        _groupOffsets.AlterAsync(group, offsets, cancellation);

    /// <summary>Forgets what a group has committed for partitions that none of its members subscribes to.</summary>
    public Task DeleteGroupOffsetsAsync(
        string group, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellation = default) =>
        _groupOffsets.DeleteAsync(group, partitions, cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
