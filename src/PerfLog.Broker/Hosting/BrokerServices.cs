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

/// <summary>Puts the request handlers together from the broker's parts. One for each listener.</summary>
internal sealed class BrokerServices(
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
    public RequestRouter BuildRouter(string listener)
    {
        var catalog = new TopicCatalog(session, cluster, random);
        var creator = new TopicCreator(catalog, options, configs);
        var alterer = new ConfigAlterer(cluster, catalog, new BrokerConfigs(session, cluster), configs);
        var limits = new FetchLimits { ResponseBytesMax = options.FetchBytesMax, SessionsMax = options.FetchSessionsMax };
        var sessions = new FetchSessionCache(limits.SessionsMax, random, time);
        List<IRequestHandler> handlers =
        [
            new ProduceHandler(partitions, new BatchIntake(time), logger),
            new FetchHandler(partitions, sessions, new FetchCompletion(sessions, limits, time), limits),
            new ListOffsetsHandler(partitions, logger),
            new MetadataHandler(cluster, creator, listener, options.AutoCreateTopics, logger),
            .. GroupHandlers(creator, listener),
            new CreateTopicsHandler(creator, configs, logger),
            new DeleteTopicsHandler(cluster, catalog, options.DeleteTopicEnabled, logger),
            new CreatePartitionsHandler(cluster, catalog, logger),
            new DeleteRecordsHandler(partitions, logger),
            new InitProducerIdHandler(new ProducerIdSource(new ProducerIdBlocks(session), options.BrokerId), logger),
            new OffsetForLeaderEpochHandler(partitions, logger),
            new DescribeClusterHandler(cluster, listener, logger),
            new DescribeTopicPartitionsHandler(cluster, logger),
            new DescribeLogDirsHandler(directories, logger),
            new DescribeConfigsHandler(cluster, configs, logger),
            new AlterConfigsHandler(alterer, logger),
            new IncrementalAlterConfigsHandler(alterer, logger),
        ];
        handlers.Add(new ApiVersionsHandler(handlers));
        return new RequestRouter(handlers);
    }

    private IRequestHandler[] GroupHandlers(TopicCreator creator, string listener)
    {
        var classic = new ClassicCoordinator(groups);
        var consumer = new ConsumerCoordinator(groups, cluster);
        var admin = new GroupAdmin(groups);
        return
        [
            new FindCoordinatorHandler(cluster, new OffsetsTopic(cluster, creator, groups.Settings), listener, logger),
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
