using Microsoft.Extensions.Logging;
using PerfLog.Broker.Configuration;
using PerfLog.Broker.Fetching;
using PerfLog.Broker.Groups;
using PerfLog.Broker.Handlers;
using PerfLog.Broker.Networking;
using PerfLog.Broker.Partitions;
using PerfLog.Broker.Producers;
using PerfLog.Broker.Producing;
using PerfLog.Broker.Topics;
using PerfLog.Metadata;

namespace PerfLog.Broker.Hosting;

/// <summary>
/// Puts the request handlers together from the broker's parts. Listeners differ only in the addresses that they tell
/// clients; all else is made once and shared.
/// </summary>
internal sealed class BrokerServices
{
    private readonly List<IRequestHandler> _shared;
    private readonly ClusterMetadata _cluster;
    private readonly TopicCreator _creator;
    private readonly OffsetsTopic _offsetsTopic;
    private readonly BrokerOptions _options;
    private readonly ILogger _logger;

    public BrokerServices(
        BrokerOptions options,
        TopicConfigs configs,
        ClusterMetadata cluster,
        IMetadataSession session,
        PartitionTable partitions,
        LogDirectorySet directories,
        GroupCoordinator groups,
        Random random,
        TimeProvider time,
        ILogger logger)
    {
        _options = options;
        _cluster = cluster;
        _logger = logger;
        var catalog = new TopicCatalog(session, cluster, random);
        var alterer = new ConfigAlterer(cluster, catalog, new BrokerConfigs(session, cluster), configs);
        var limits = new FetchLimits { ResponseBytesMax = options.FetchBytesMax, SessionsMax = options.FetchSessionsMax };
        var sessions = new FetchSessionCache(limits.SessionsMax, random, time);
        _creator = new TopicCreator(catalog, options, configs);
        _offsetsTopic = new OffsetsTopic(cluster, _creator, groups.Settings);
        _shared =
        [
            new ProduceHandler(partitions, new BatchIntake(time), logger),
            new FetchHandler(partitions, sessions, new FetchCompletion(sessions, limits, time), limits),
            new ListOffsetsHandler(partitions, logger),
            new CreateTopicsHandler(_creator, configs, logger),
            new DeleteTopicsHandler(cluster, catalog, options.DeleteTopicEnabled, logger),
            new CreatePartitionsHandler(cluster, catalog, logger),
            new DeleteRecordsHandler(partitions, logger),
            new InitProducerIdHandler(new ProducerIdSource(new ProducerIdBlocks(session), options.BrokerId), logger),
            new OffsetForLeaderEpochHandler(partitions, logger),
            new DescribeTopicPartitionsHandler(cluster, logger),
            new DescribeLogDirsHandler(directories, logger),
            new DescribeConfigsHandler(cluster, configs, logger),
            new AlterConfigsHandler(alterer, logger),
            new IncrementalAlterConfigsHandler(alterer, logger),
            .. GroupHandlers(groups, cluster, random, time, logger),
        ];
    }

    public RequestRouter BuildRouter(string listener)
    {
        List<IRequestHandler> handlers =
        [
            .. _shared,
            new MetadataHandler(_cluster, _creator, listener, _options.AutoCreateTopics, _logger),
            new DescribeClusterHandler(_cluster, listener, _logger),
            new FindCoordinatorHandler(_cluster, _offsetsTopic, listener, _logger),
        ];
        handlers.Add(new ApiVersionsHandler(handlers));
        return new RequestRouter(handlers);
    }

    private static IRequestHandler[] GroupHandlers(
        GroupCoordinator groups, ClusterMetadata cluster, Random random, TimeProvider time, ILogger logger)
    {
        var topicViews = new TopicViews(cluster);
        var classic = new ClassicCoordinator(groups, topicViews);
        var consumer = new ConsumerCoordinator(groups, topicViews);
        var admin = new GroupAdmin(groups);
        return
        [
            new JoinGroupHandler(classic, new MemberIds(random), logger),
            new SyncGroupHandler(classic, logger),
            new HeartbeatHandler(classic),
            new LeaveGroupHandler(classic, logger),
            new ConsumerGroupHeartbeatHandler(consumer, logger),
            new ConsumerGroupDescribeHandler(consumer, logger),
            new OffsetCommitHandler(new OffsetCommitter(groups), cluster, time, logger),
            new OffsetFetchHandler(new OffsetQuery(groups), logger),
            new ListGroupsHandler(groups, logger),
            new DescribeGroupsHandler(groups, logger),
            new DeleteGroupsHandler(admin, logger),
            new OffsetDeleteHandler(admin, cluster, logger),
        ];
    }
}
