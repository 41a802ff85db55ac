namespace PerfLog.Interop.Groups;

/// <summary>One broker for the tests of consumer groups, which asks for heartbeats and misses members sooner than usual.</summary>
public sealed class ConsumerGroupBroker() : BrokerFixture(Settings)
{
    public static string[] Settings =>
    [
        "group.consumer.heartbeat.interval.ms=200",
        "group.consumer.session.timeout.ms=2000",
        "group.min.session.timeout.ms=500",
        "group.initial.rebalance.delay.ms=200",
        "offsets.topic.num.partitions=8",
    ];
}

/// <summary>The tests of one collection run one after the other against the same broker.</summary>
[CollectionDefinition(Name)]
public sealed class ConsumerGroupBrokerTests : ICollectionFixture<ConsumerGroupBroker>
{
    public const string Name = "consumer group broker";
}
