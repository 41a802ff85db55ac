using PerfLog.Client.Cluster;
using PerfLog.Protocol.Messages;
using PerfLog.Records;

namespace PerfLog.Client.Admin;

/// <summary>
/// Looks after a cluster: its topics, their configuration and their records, and its consumer groups. Works against any broker that speaks the
/// protocol. Made once and used by any thread; dispose it to close its connections.
/// </summary>
/// <remarks>
/// Calls are about many items at once and ask each broker concerned once, at the same time; what became of each item is in the results, of which
/// one failing does not touch the others. What may pass (a new leader, a coordinator that loads, a connection that broke) is tried again for those items until the call's
/// time is over. A refusal by the cluster is an <see cref="AdminException"/>; a cluster that the client has never reached is an <see cref="IOException"/>
/// that names the servers, at once. For calls about one item see <see cref="AdminClientExtensions"/>.
/// </remarks>
public sealed class AdminClient : IAsyncDisposable
{
    private readonly ClusterClient _cluster;
    private readonly TopicRequests _topics;
    private readonly ConfigRequests _configs;
    private readonly LogRequests _logs;
    private readonly GroupRequests _groups;
    private readonly GroupOffsetRequests _groupOffsets;

    internal AdminClient(AdminClientOptions options, IBrokerLinkOpener? opener)
    {
        _cluster = ClusterAccess.Open(options, options.Validate(), opener, allowsTopicCreation: false);
        ItemCalls calls = new(_cluster, options);
        _topics = new TopicRequests(calls);
        _configs = new ConfigRequests(calls);
        _logs = new LogRequests(calls);
        _groups = new GroupRequests(calls);
        _groupOffsets = new GroupOffsetRequests(calls);
    }

    /// <summary>Makes a client; it connects when it is first asked something.</summary>
    /// <exception cref="FormatException">The bootstrap servers are no addresses.</exception>
    public static AdminClient Create(AdminClientOptions options) => new(options, opener: null);

    /// <summary>Tells the cluster's id, its brokers and its controller.</summary>
    public Task<ClusterDescription> DescribeClusterAsync(CancellationToken cancellation = default) =>
        DescribeClusterAsync(null, cancellation);

    /// <inheritdoc cref="DescribeClusterAsync(CancellationToken)"/>
    public Task<ClusterDescription> DescribeClusterAsync(AdminCallOptions? options, CancellationToken cancellation = default) =>
        _topics.DescribeClusterAsync(options, cancellation);

    /// <summary>Tells the names of all topics, in order.</summary>
    public async Task<IReadOnlyList<string>> ListTopicsAsync(CancellationToken cancellation = default)
    {
        MetadataResponse metadata = await _topics.AskAsync(null, null, cancellation).ConfigureAwait(false);
        return [.. metadata.Topics.Select(static topic => topic.Name ?? "").Order(StringComparer.Ordinal)];
    }

    /// <summary>Describes all topics, in order of their names.</summary>
    public Task<IReadOnlyList<TopicDescription>> DescribeTopicsAsync(CancellationToken cancellation = default) =>
        _topics.DescribeAllAsync(null, cancellation);

    /// <summary>Describes topics.</summary>
    public Task<AdminResults<string, TopicDescription>> DescribeTopicsAsync(
        IEnumerable<string> names, AdminCallOptions? options = null, CancellationToken cancellation = default) =>
        _topics.DescribeAsync(names, options, cancellation);

    /// <summary>Makes topics.</summary>
    /// <exception cref="ArgumentException">Two of them have one name.</exception>
    public Task<AdminResults<string, CreatedTopic>> CreateTopicsAsync(
        IEnumerable<NewTopic> topics, ChangeOptions? options = null, CancellationToken cancellation = default) =>
        _topics.CreateAsync(topics, options, cancellation);

    /// <summary>Deletes topics and their records.</summary>
    public Task<AdminResults<string, None>> DeleteTopicsAsync(
        IEnumerable<string> names, AdminCallOptions? options = null, CancellationToken cancellation = default) =>
        _topics.DeleteAsync(names, options, cancellation);

    /// <summary>Adds partitions to topics.</summary>
    public Task<AdminResults<string, None>> CreatePartitionsAsync(
        IReadOnlyDictionary<string, NewPartitions> topics, ChangeOptions? options = null, CancellationToken cancellation = default) =>
        _topics.AddPartitionsAsync(topics, options, cancellation);

    /// <summary>Tells the configuration of topics and brokers, in order of the keys.</summary>
    public Task<AdminResults<ConfigResource, IReadOnlyList<ConfigEntry>>> DescribeConfigsAsync(
        IEnumerable<ConfigResource> resources, DescribeConfigsOptions? options = null, CancellationToken cancellation = default) =>
        _configs.DescribeAsync(resources, options, cancellation);

    /// <summary>Changes single values of configurations; the others stay. Of each resource all changes are made, or none.</summary>
    public Task<AdminResults<ConfigResource, None>> IncrementalAlterConfigsAsync(
        IReadOnlyDictionary<ConfigResource, IReadOnlyCollection<ConfigChange>> changes,
        ChangeOptions? options = null,
        CancellationToken cancellation = default) =>
        _configs.AlterAsync(changes, options, cancellation);

    /// <summary>Deletes the records before an offset of each partition.</summary>
    /// <returns>The first offsets that can still be read.</returns>
    public Task<AdminResults<TopicPartition, Offset>> DeleteRecordsAsync(
        IReadOnlyDictionary<TopicPartition, Offset> before, AdminCallOptions? options = null, CancellationToken cancellation = default) =>
        _logs.DeleteRecordsAsync(before, options, cancellation);

    /// <summary>Finds an offset of each partition: its first, its next, that of a time.</summary>
    /// <returns>The offsets; none where no record is as asked.</returns>
    public Task<AdminResults<TopicPartition, FoundOffset>> ListOffsetsAsync(
        IReadOnlyDictionary<TopicPartition, OffsetSpec> specs, ListOffsetsOptions? options = null, CancellationToken cancellation = default) =>
        _logs.ListOffsetsAsync(specs, options, cancellation);

    /// <summary>
    /// Tells the times of the records at these offsets, or of the next ones behind them where those were compacted away.
    /// </summary>
    /// <returns>The times; none where there is no record from there on, or it has no time.</returns>
    public Task<AdminResults<TopicPartition, TimestampMs>> FindTimesAsync(
        IReadOnlyDictionary<TopicPartition, Offset> offsets, AdminCallOptions? options = null, CancellationToken cancellation = default) =>
        _logs.FindTimesAsync(offsets, options, cancellation);

    /// <summary>Tells what lies in the log directories of brokers.</summary>
    public Task<AdminResults<BrokerId, IReadOnlyList<LogDirDescription>>> DescribeLogDirsAsync(
        IEnumerable<BrokerId> brokers, AdminCallOptions? options = null, CancellationToken cancellation = default) =>
        _logs.DescribeDirsAsync(brokers, options, cancellation);

    /// <summary>Lists the groups of all brokers, in order of their ids.</summary>
    /// <exception cref="AdminException">A broker did not tell its groups.</exception>
    public Task<IReadOnlyList<GroupListing>> ListGroupsAsync(CancellationToken cancellation = default) =>
        ListGroupsAsync(new ListGroupsOptions(), cancellation);

    /// <inheritdoc cref="ListGroupsAsync(CancellationToken)"/>
    public async Task<IReadOnlyList<GroupListing>> ListGroupsAsync(ListGroupsOptions options, CancellationToken cancellation = default)
    {
        ClusterDescription described = await _topics.DescribeClusterAsync(options, cancellation).ConfigureAwait(false);
        return await _groups.ListAsync(described.Brokers.Select(static broker => broker.Id), options, cancellation).ConfigureAwait(false);
    }

    /// <summary>Describes groups with their members, of either protocol.</summary>
    public Task<AdminResults<string, GroupDescription>> DescribeGroupsAsync(
        IEnumerable<string> groups, AdminCallOptions? options = null, CancellationToken cancellation = default) =>
        _groups.DescribeAsync(groups, options, cancellation);

    /// <summary>Deletes groups without members, and all that they have committed.</summary>
    public Task<AdminResults<string, None>> DeleteGroupsAsync(
        IEnumerable<string> groups, AdminCallOptions? options = null, CancellationToken cancellation = default) =>
        _groups.DeleteAsync(groups, options, cancellation);

    /// <summary>Tells all that groups have committed, in order of topic and partition; nothing for an unknown group.</summary>
    public Task<AdminResults<string, IReadOnlyList<GroupOffset>>> ListGroupOffsetsAsync(
        IEnumerable<string> groups, AdminCallOptions? options = null, CancellationToken cancellation = default) =>
        _groupOffsets.ListAsync(groups, options, cancellation);

    /// <summary>Sets what a group has committed. The group must have no members.</summary>
    public Task<AdminResults<TopicPartition, None>> AlterGroupOffsetsAsync(
        string group, IEnumerable<GroupOffset> offsets, AdminCallOptions? options = null, CancellationToken cancellation = default) =>
        _groupOffsets.AlterAsync(group, offsets, options, cancellation);

    /// <summary>Forgets what a group has committed for partitions that none of its members subscribes to.</summary>
    public Task<AdminResults<TopicPartition, None>> DeleteGroupOffsetsAsync(
        string group, IEnumerable<TopicPartition> partitions, AdminCallOptions? options = null, CancellationToken cancellation = default) =>
        _groupOffsets.DeleteAsync(group, partitions, options, cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
