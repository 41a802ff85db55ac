using System.Diagnostics;
using PerfLog.Benchmarks.Broker;
using PerfLog.Benchmarks.Broker.Frames;
using PerfLog.Benchmarks.Measuring;

namespace PerfLog.Benchmarks.Groups;

/// <summary>
/// How long a group takes until a newcomer has its place. The members, each with its own connection, ask the coordinator
/// every 100 ms whether they must do something, which is oftener than consumers do by default.
/// </summary>
internal static class RebalanceFigures
{
    private const string Topic = "shared";
    private const int Partitions = 120;
    private const int OffsetsPartitions = 50;
    private const double HundredMembersMsMax = 1000;
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static IEnumerable<Figure> Measure(Bench bench, int rounds)
    {
        using ServerProcess broker = bench.StartBroker(bench.NewPath("data"), "group.initial.rebalance.delay.ms=0");
        using (FrameConnection connection = broker.Connect())
        {
            connection.Send(RequestFrames.CreateTopic(Topic, Partitions));
            Answers.CreatedTopic(connection.ReceiveFrame());
            OffsetsReady.Await(connection, [.. Enumerable.Range(0, OffsetsPartitions * 4).Select(static group => $"ready-{group}")], Topic);
        }

        int group = 0;
        foreach (int members in (int[])[1, 10, 100])
        {
            Samples classic = Rounds(rounds, () => ClassicAsync(broker, $"classic-{group++}", members));
            yield return Goaled(Figure.Of($"Classic group of {members}: one more joins, until all have their assignment", "ms", classic), members);
        }

        foreach (int members in (int[])[1, 10, 100])
        {
            Samples newer = Rounds(rounds, () => ConsumerAsync(broker, $"consumer-{group++}", members));
            yield return Goaled(Figure.Of($"Consumer group of {members}: one more joins, until every partition has its member", "ms", newer), members);
        }
    }

    private static Figure Goaled(Figure figure, int members) =>
        members == 100 ? figure with { Goal = Goal.ValueAtMost(HundredMembersMsMax) } : figure;

    private static Samples Rounds(int rounds, Func<Task<double>> measure)
    {
        measure().GetAwaiter().GetResult();   // for compilation
        return new([.. Enumerable.Range(0, rounds).Select(_ => measure().GetAwaiter().GetResult())]);
    }

    private static async Task<double> ClassicAsync(ServerProcess broker, string group, int count)
    {
        List<ClassicMember> members = [];
        try
        {
            for (int index = 0; index <= count; index++) members.Add(await ClassicMember.ConnectAsync(broker.Endpoint, group, Topic));
            ClassicMember newcomer = members[^1];
            List<ClassicMember> settled = members[..^1];
            await UntilAsync(settled, () => settled.All(member => member.Generation >= 0 && member.Generation == settled[0].Generation));

            long began = Stopwatch.GetTimestamp();
            Task joining = newcomer.JoinAsync();
            await UntilAsync(settled, () => joining.IsCompleted && members.All(member => member.Generation == newcomer.Generation));
            await joining;
            return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }
        finally
        {
            foreach (ClassicMember member in members) await member.DisposeAsync();
        }
    }

    /// <summary>Every member joins, beats, and joins again when it is told to, until the group is as it should be.</summary>
    private static async Task UntilAsync(List<ClassicMember> members, Func<bool> isReached)
    {
        long began = Stopwatch.GetTimestamp();
        await Task.WhenAll(members.Select(async (member, index) =>
        {
            // Spread over the interval, as the heartbeats of many consumers are.
            await Task.Delay(Beat * ((double)index / members.Count));
            while (!isReached())
            {
                RequirePatience(began);
                if (member.Generation < 0 || await member.HeartbeatAsync()) await member.JoinAsync();
                else await Task.Delay(Beat);
            }
        }));
    }

    private static async Task<double> ConsumerAsync(ServerProcess broker, string group, int count)
    {
        List<ConsumerProtocolMember> members = [];
        try
        {
            for (int index = 0; index <= count; index++) members.Add(await ConsumerProtocolMember.ConnectAsync(broker.Endpoint, group, Topic));
            List<ConsumerProtocolMember> settled = members[..^1];
            await UntilSharedAsync(settled);

            long began = Stopwatch.GetTimestamp();
            await UntilSharedAsync(members);
            return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }
        finally
        {
            foreach (ConsumerProtocolMember member in members) await member.DisposeAsync();
        }
    }

    private static async Task UntilSharedAsync(List<ConsumerProtocolMember> members)
    {
        long began = Stopwatch.GetTimestamp();
        int least = Partitions / members.Count;
        bool IsShared() => members.All(member => member.Partitions >= least) && members.Sum(static member => member.Partitions) == Partitions;
        await Task.WhenAll(members.Select(async (member, index) =>
        {
            // The newcomer, last in the list, asks at once.
            if (member.Epoch > 0) await Task.Delay(Beat * ((double)index / members.Count));
            while (!IsShared())
            {
                RequirePatience(began);
                await member.HeartbeatAsync();
                if (!IsShared()) await Task.Delay(Beat);
            }
        }));
    }

    private static void RequirePatience(long began)
    {
        if (Stopwatch.GetElapsedTime(began) > Patience) throw new InvalidOperationException($"The group did not come to rest within {Patience.TotalSeconds} s.");
    }
}
