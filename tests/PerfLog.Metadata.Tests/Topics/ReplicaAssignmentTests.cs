using System.Collections.Immutable;
using FsCheck.Xunit;

namespace PerfLog.Metadata.Tests.Topics;

public sealed class ReplicaAssignmentTests
{
    [Fact]
    public void Five_brokers_and_ten_partitions_come_out_as_kafka_documents_it()
    {
        BrokerId[] brokers = [.. Enumerable.Range(0, 5).Select(static broker => new BrokerId(broker))];

        ImmutableArray<ImmutableArray<BrokerId>> assignment = ReplicaAssignment.Spread(brokers, 3, 0, 10, 0, 0);

        string[] expected = ["0 1 2", "1 2 3", "2 3 4", "3 4 0", "4 0 1", "0 2 3", "1 3 4", "2 4 0", "3 0 1", "4 1 2"];
        Assert.Equal(expected, assignment.Select(static replicas => string.Join(' ', replicas)));
    }

    [Property]
    public void Replicas_differ_and_leaders_are_spread_evenly(byte brokersSeed, byte replicasSeed, byte partitions, byte start, byte distance)
    {
        int count = (brokersSeed % 9) + 1;
        int replicationFactor = (replicasSeed % count) + 1;
        BrokerId[] brokers = [.. Enumerable.Range(10, count).Select(static broker => new BrokerId(broker))];

        ImmutableArray<ImmutableArray<BrokerId>> assignment = ReplicaAssignment.Spread(
            brokers, replicationFactor, 0, partitions, start, distance);

        Assert.Equal(partitions, assignment.Length);
        Assert.All(assignment, replicas => Assert.Equal(replicationFactor, replicas.Distinct().Count()));
        int[] led = [.. brokers.Select(broker => assignment.Count(replicas => replicas[0] == broker))];
        Assert.True(led.Max() - led.Min() <= 1);
    }

    [Property]
    public void Growing_step_by_step_gives_what_growing_at_once_gives(byte brokersSeed, byte first, byte second)
    {
        int count = (brokersSeed % 6) + 1;
        BrokerId[] brokers = [.. Enumerable.Range(0, count).Select(static broker => new BrokerId(broker))];

        ImmutableArray<ImmutableArray<BrokerId>> atOnce = ReplicaAssignment.Spread(brokers, 1, 0, first + second, 2, 1);
        ImmutableArray<ImmutableArray<BrokerId>> steps = ReplicaAssignment.Spread(brokers, 1, 0, first, 2, 1)
            .AddRange(ReplicaAssignment.Spread(brokers, 1, first, second, 2, 1));

        Assert.Equal(atOnce.Select(static replicas => replicas[0]), steps.Select(static replicas => replicas[0]));
    }

    [Fact]
    public void More_replicas_than_brokers_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ReplicaAssignment.Spread([new BrokerId(0)], 2, 0, 1, 0, 0));
}
