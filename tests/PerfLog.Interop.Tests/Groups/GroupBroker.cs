namespace PerfLog.Interop.Groups;

/// <summary>One broker for the tests of groups, which waits and misses members for shorter than usual.</summary>
public sealed class GroupBroker() : BrokerFixture(Settings)
{
    /// <summary>What makes group tests quick.</summary>
    public static string[] Settings =>
    [
        "group.min.session.timeout.ms=500",
        "group.initial.rebalance.delay.ms=200",
        "offsets.topic.num.partitions=8",
    ];
}

/// <summary>The tests of one collection run one after the other against the same broker.</summary>
[CollectionDefinition(Name)]
public sealed class GroupBrokerTests : ICollectionFixture<GroupBroker>
{
    public const string Name = "group broker";
}
