using PerfLog.Benchmarks.Broker.Frames;
using PerfLog.Benchmarks.Measuring;

namespace PerfLog.Benchmarks.Broker;

/// <summary>How long a process takes from its start to its first answer, and what memory it then holds.</summary>
internal static class StartFigures
{
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(2);

    public static IEnumerable<Figure> Measure(Bench bench)
    {
        byte[] request = RequestFrames.ApiVersions("bench");
        IReadOnlyList<IReadOnlyList<Start>> rounds = bench.StartRounds().Run(
            "Start",
            new Contender<Start>("echo", () => Observe(bench.StartBaseline("echo"), request, static _ => { })),
            new Contender<Start>(
                "broker", () => Observe(bench.StartBroker(bench.NewPath("data")), request, Answers.ApiVersions)));

        yield return Figure.Of("Start of the program to its first answer", "ms", Of(rounds[1], static s => s.Milliseconds))
            .Against("a .NET program with an echo socket", Of(rounds[0], static s => s.Milliseconds));
        yield return Figure.Of("Resident memory when idle", "MB", Of(rounds[1], static s => s.Megabytes))
            .Against("a .NET program with an echo socket", Of(rounds[0], static s => s.Megabytes));
    }

    private static Start Observe(ServerProcess server, byte[] request, PipelinedSending.AnswerCheck check)
    {
        using ServerProcess ended = server;
        using FrameConnection connection = server.Connect();
        connection.Send(request);
        check(connection.ReceiveFrame());
        double milliseconds = server.Age.TotalMilliseconds;
        Thread.Sleep(IdleTime);
        return new Start(milliseconds, server.ResidentMegabytes());
    }

    private static Samples Of(IReadOnlyList<Start> rounds, Func<Start, double> figure) => new([.. rounds.Select(figure)]);

    private readonly record struct Start(double Milliseconds, double Megabytes);
}
