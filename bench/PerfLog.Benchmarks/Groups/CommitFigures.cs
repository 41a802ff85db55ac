using PerfLog.Benchmarks.Broker;
using PerfLog.Benchmarks.Broker.Embedded;
using PerfLog.Benchmarks.Broker.Frames;
using PerfLog.Benchmarks.Measuring;
using PerfLog.Broker;

namespace PerfLog.Benchmarks.Groups;

/// <summary>How many commits a broker takes, and what a commit and a heartbeat allocate in it.</summary>
internal static class CommitFigures
{
    private const string Topic = "t";
    private const int InFlightMax = 200;
    private const int ManyGroups = 100;
    private const double CommitsPerSecondMin = 100_000;

    public static IEnumerable<Figure> Measure(Bench bench)
    {
        using ServerProcess broker = bench.StartBroker(bench.NewPath("data"));
        using FrameConnection connection = broker.Connect();
        Bench.CreateTopic(connection, Topic);
        OffsetsReady.Await(connection, ["g", .. Enumerable.Range(0, ManyGroups).Select(static group => $"g{group}")], Topic);
        int commits = bench.Plan.PipelinedRequests;
        PipelinedSending one = PipelinedSending.Of(GroupFrames.Commit("g", Topic, 0, 1), InFlightMax, static answer => GroupFrames.Committed(answer));
        byte[][] frames = [.. Enumerable.Range(0, ManyGroups).Select(static group => GroupFrames.Commit($"g{group}", Topic, 0, 1))];
        var many = new PipelinedSending([.. frames.SelectMany(static frame => frame)], ManyGroups, InFlightMax, static answer => GroupFrames.Committed(answer));
        IReadOnlyList<IReadOnlyList<double>> rounds = bench.DiskRounds().Run(
            "Commits",
            new Contender<double>("one group", () => commits / one.Run(connection, commits).TotalSeconds),
            new Contender<double>("many groups", () => commits / many.Run(connection, commits).TotalSeconds));
        yield return Figure.Of($"Offset commits of one group, one partition each, {InFlightMax} in flight", "commits/s", new Samples(rounds[0]))
            with { Goal = Goal.ValueAtLeast(CommitsPerSecondMin) };
        yield return Figure.Of($"Offset commits of {ManyGroups} groups in turn, {InFlightMax} in flight", "commits/s", new Samples(rounds[1]))
            with { Goal = Goal.ValueAtLeast(CommitsPerSecondMin) };
    }

    public static IReadOnlyList<Figure> MeasureAllocations(Bench bench) => MeasureAllocationsAsync(bench).GetAwaiter().GetResult();

    private static async Task<IReadOnlyList<Figure>> MeasureAllocationsAsync(Bench bench)
    {
        var options = new EmbeddedBrokerOptions
        {
            DataDirectory = bench.NewPath("embedded"),
            Settings = new Dictionary<string, string> { ["group.initial.rebalance.delay.ms"] = "0" },
        };
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync(options);
        using FrameConnection connection = FrameConnection.Open(broker.EndPoint);
        Bench.CreateTopic(connection, Topic);
        OffsetsReady.Await(connection, ["g", "h"], Topic);
        await using ClassicMember member = await ClassicMember.ConnectAsync(broker.EndPoint, "h", Topic);
        await member.JoinAsync();
        byte[] commit = GroupFrames.Commit("g", Topic, 0, 1);
        byte[] heartbeat = GroupFrames.Heartbeat("h", member.Generation, member.Id);
        double perCommit = AllocationProbe.BytesPerRequest(connection, bench.Plan.AllocationRequests, client =>
        {
            client.Send(commit);
            GroupFrames.Committed(client.ReceiveFrame());
        });
        double perHeartbeat = AllocationProbe.BytesPerRequest(connection, bench.Plan.AllocationRequests, client =>
        {
            client.Send(heartbeat);
            GroupFrames.Beaten(client.ReceiveFrame());
        });
        return [new Figure("Allocated per offset commit", perCommit, "B"), new Figure("Allocated per heartbeat", perHeartbeat, "B")];
    }
}
