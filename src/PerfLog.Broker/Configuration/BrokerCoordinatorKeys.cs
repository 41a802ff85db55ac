using static PerfLog.Broker.Configuration.BrokerKeys;
using static PerfLog.Broker.Configuration.ConfigCheck;
using static PerfLog.Broker.Configuration.ConfigType;

namespace PerfLog.Broker.Configuration;

/// <summary>The broker keys of consumer groups and transactions.</summary>
internal static class BrokerCoordinatorKeys
{
    private const string IntMax = "2147483647";

    public static ConfigKey[] All => [.. Groups, .. Offsets, .. Transactions];

    private static ConfigKey[] Groups =>
    [
        Fixed("group.min.session.timeout.ms", Int, "6000", AtLeast(1), "The shortest session timeout that a member may ask for, in milliseconds."),
        Fixed("group.max.session.timeout.ms", Int, "1800000", AtLeast(1), "The longest session timeout that a member may ask for, in milliseconds."),
        Fixed("group.initial.rebalance.delay.ms", Int, "3000", AtLeast(0), "How long an empty group waits for more members before its first rebalance, in milliseconds."),
        Fixed("group.max.size", Int, IntMax, AtLeast(1), "The members that a group may have."),
        Fixed("group.coordinator.rebalance.protocols", List, "classic,consumer", OneOf("classic", "consumer"), "The group protocols that are served."),
        Fixed("group.consumer.heartbeat.interval.ms", Int, "5000", AtLeast(1), "The newer protocol's heartbeat, in milliseconds."),
        Fixed("group.consumer.min.heartbeat.interval.ms", Int, "5000", AtLeast(1), "The shortest that a group may set, in milliseconds."),
        Fixed("group.consumer.max.heartbeat.interval.ms", Int, "15000", AtLeast(1), "The longest that a group may set, in milliseconds."),
        Fixed("group.consumer.session.timeout.ms", Int, "45000", AtLeast(1), "The newer protocol's session timeout, in milliseconds."),
        Fixed("group.consumer.min.session.timeout.ms", Int, "45000", AtLeast(1), "The shortest that a group may set, in milliseconds."),
        Fixed("group.consumer.max.session.timeout.ms", Int, "60000", AtLeast(1), "The longest that a group may set, in milliseconds."),
        Fixed("group.consumer.assignors", List, "uniform,range", OneOf("uniform", "range"), "The assignors that members of the newer protocol may ask for; the first is the default."),
        Fixed("group.consumer.migration.policy", ConfigType.String, "bidirectional", OneOf("disabled", "upgrade", "downgrade", "bidirectional"), "Which groups with members may go from one protocol to the other."),
        Fixed("group.consumer.max.size", Int, IntMax, AtLeast(1), "The members that a group of the newer protocol may have."),
    ];

    private static ConfigKey[] Offsets =>
    [
        Fixed("offset.metadata.max.bytes", Int, "4096", AtLeast(0), "The largest note beside a committed offset."),
        Fixed("offsets.commit.timeout.ms", Int, "5000", AtLeast(1), "How long a commit waits for the replicas, in milliseconds."),
        Fixed("offsets.load.buffer.size", Int, "5242880", AtLeast(1), "The bytes read at a time when committed offsets are loaded."),
        Fixed("offsets.retention.minutes", Int, "10080", AtLeast(1), "How long the offsets of an empty group are kept, in minutes."),
        Fixed("offsets.retention.check.interval.ms", Long, "600000", AtLeast(1), "How often old offsets are looked for, in milliseconds."),
        Fixed("offsets.topic.compression.codec", Int, "0", Between(0, 4), "The codec of the offsets' topic, by number."),
        Fixed("offsets.topic.num.partitions", Int, "50", AtLeast(1), "The partitions of the offsets' topic; never changed once it exists."),
        Fixed("offsets.topic.replication.factor", Short, "3", AtLeast(1), "The replicas of the offsets' topic; fewer when there are fewer brokers."),
        Fixed("offsets.topic.segment.bytes", Int, "104857600", AtLeast(1), "The segment size of the offsets' topic."),
    ];

    private static ConfigKey[] Transactions =>
    [
        Fixed("transaction.max.timeout.ms", Int, "900000", AtLeast(1), "The longest timeout that a transactional producer may ask for, in milliseconds."),
        Fixed("transactional.id.expiration.ms", Int, "604800000", AtLeast(1), "The silence after which a transactional id is forgotten, in milliseconds."),
        Fixed("transaction.abort.timed.out.transaction.cleanup.interval.ms", Int, "10000", AtLeast(1), "How often transactions past their timeout are looked for, in milliseconds."),
        Fixed("transaction.remove.expired.transaction.cleanup.interval.ms", Int, "3600000", AtLeast(1), "How often forgotten transactional ids are looked for, in milliseconds."),
        Fixed("transaction.state.log.load.buffer.size", Int, "5242880", AtLeast(1), "The bytes read at a time when transactions are loaded."),
        Fixed("transaction.state.log.min.isr", Int, "2", AtLeast(1), "The in-sync replicas that the transactions' topic needs; fewer when there are fewer brokers."),
        Fixed("transaction.state.log.num.partitions", Int, "50", AtLeast(1), "The partitions of the transactions' topic; never changed once it exists."),
        Fixed("transaction.state.log.replication.factor", Short, "3", AtLeast(1), "The replicas of the transactions' topic; fewer when there are fewer brokers."),
        Fixed("transaction.state.log.segment.bytes", Int, "104857600", AtLeast(1), "The segment size of the transactions' topic."),
    ];
}
