using PerfLog.Benchmarks.Broker;
using PerfLog.Benchmarks.Broker.Frames;
using PerfLog.Benchmarks.Measuring;
using PerfLog.Broker;
using PerfLog.Protocol.Connections;

namespace PerfLog.Benchmarks.Groups;

/// <summary>The managed memory that an idle group costs a broker, with one member and with a committed offset only.</summary>
internal static class MemoryFigures
{
    private const string Topic = "t";
    private const int Groups = 2_000;

    public static IReadOnlyList<Figure> Measure() => MeasureAsync().GetAwaiter().GetResult();

    private static async Task<IReadOnlyList<Figure>> MeasureAsync()
    {
        var options = new EmbeddedBrokerOptions
        {
            Settings = new Dictionary<string, string> { ["group.initial.rebalance.delay.ms"] = "0" },
        };
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync(options);
        using FrameConnection connection = FrameConnection.Open(broker.EndPoint);
        Bench.CreateTopic(connection, Topic);
        OffsetsReady.Await(connection, ["first"], Topic);
        await using BrokerConnection members = await BrokerConnection.ConnectAsync(
            broker.EndPoint.Address.ToString(), broker.EndPoint.Port, new BrokerConnectionOptions { ClientId = "bench" });
        await JoinAsync(members, "warm", 50);

        long before = Held();
        await JoinAsync(members, "member", Groups);
        long withMembers = Held();
        Commit(connection, Groups);
        long withOffsets = Held();

        // The records that were written lie in memory here, too, and are no part of what a group costs.
        return
        [
            new Figure("Memory of an idle group with one member, its record in an in-memory log included", (withMembers - before) / (double)Groups, "B"),
            new Figure("Memory of a group with one committed offset, its record in an in-memory log included", (withOffsets - withMembers) / (double)Groups, "B"),
        ];
    }

    private static async Task JoinAsync(BrokerConnection connection, string stem, int count)
    {
        for (int index = 0; index < count; index++) await new ClassicMember(connection, $"{stem}-{index}", Topic).JoinAsync();
    }

    private static void Commit(FrameConnection connection, int count)
    {
        for (int index = 0; index < count; index++)
        {
            connection.Send(GroupFrames.Commit($"offsets-{index}", Topic, 0, 1));
            GroupFrames.Committed(connection.ReceiveFrame());
        }
    }

    private static long Held()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
