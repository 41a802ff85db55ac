using System.Diagnostics;
using PerfLog.Benchmarks.Broker;
using PerfLog.Benchmarks.Broker.Frames;
using PerfLog.Benchmarks.Measuring;
using PerfLog.Protocol.Messages;

namespace PerfLog.Benchmarks.Groups;

/// <summary>How long a lone consumer takes from its first question to its first record, on a connection that is open.</summary>
internal static class JoinFigures
{
    private const string Topic = "t";

    public static IEnumerable<Figure> Measure(Bench bench, int rounds)
    {
        using ServerProcess broker = bench.StartBroker(bench.NewPath("data"), "group.initial.rebalance.delay.ms=0");
        using FrameConnection connection = broker.Connect();
        Bench.CreateTopic(connection, Topic);
        connection.Send(RequestFrames.Produce(Topic, PlainBatch.Of(1, 100)));
        Answers.Produced(connection.ReceiveFrame());
        OffsetsReady.Await(connection, [.. Enumerable.Range(0, rounds + 1).Select(static group => $"j{group}")], Topic);
        double[] times = [.. Enumerable.Range(0, rounds + 1).Select(group => MeasureAsync(broker, connection, $"j{group}").GetAwaiter().GetResult())];
        yield return Figure.Of("A group's only member: from FindCoordinator over join, sync and offsets to the first record", "ms", new Samples(times[1..]));
    }

    private static async Task<double> MeasureAsync(ServerProcess broker, FrameConnection connection, string group)
    {
        await using ClassicMember member = await ClassicMember.ConnectAsync(broker.Endpoint, group, Topic);
        long began = Stopwatch.GetTimestamp();
        await member.Connection.SendAsync<FindCoordinatorRequest, FindCoordinatorResponse>(new() { CoordinatorKeys = [group] });
        await member.JoinAsync();
        await member.Connection.SendAsync<OffsetFetchRequest, OffsetFetchResponse>(new() { Groups = [new() { GroupId = group, Topics = null }] });
        connection.Send(RequestFrames.Fetch(Topic, 0, 1 << 20));
        if (Answers.Fetched(connection.ReceiveFrame()) == 0) throw new InvalidDataException("The record is not there.");
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }
}
