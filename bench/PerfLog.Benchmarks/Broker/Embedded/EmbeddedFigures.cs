using PerfLog.Benchmarks.Measuring;
using PerfLog.Broker;

namespace PerfLog.Benchmarks.Broker.Embedded;

/// <summary>A broker inside a program, as tests use it: how long it takes to start, and what requests allocate in it.</summary>
internal static class EmbeddedFigures
{
    public static IEnumerable<Figure> MeasureStarts(Bench bench)
    {
        IReadOnlyList<IReadOnlyList<StartTimes>> rounds = bench.StartRounds().Run(
            "Start of embedded brokers",
            new Contender<StartTimes>("in memory", static () => EmbeddedStarts.Observe(null)),
            new Contender<StartTimes>("on disk", () => EmbeddedStarts.Observe(bench.NewPath("embedded"))));
        return [.. Figures("in memory", rounds[0]), .. Figures("on disk", rounds[1])];
    }

    /// <summary>On disk, because records in memory go another way to the socket.</summary>
    public static IReadOnlyList<Figure> MeasureAllocations(Bench bench)
    {
        var options = new EmbeddedBrokerOptions { DataDirectory = bench.NewPath("embedded") };
        EmbeddedBroker broker = EmbeddedBroker.StartAsync(options).GetAwaiter().GetResult();
        try
        {
            using var figures = new AllocationFigures(broker.EndPoint, bench.Plan.AllocationRequests);
            return [.. figures.Measure()];
        }
        finally
        {
            broker.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static IEnumerable<Figure> Figures(string where, IReadOnlyList<StartTimes> rounds)
    {
        yield return Figure.Of(
            $"EmbeddedBroker.StartAsync {where}, first in its process", "ms", new Samples([.. rounds.Select(static s => s.First)]));
        yield return Figure.Of(
            $"EmbeddedBroker.StartAsync {where}, later ones", "ms", new Samples([.. rounds.Select(static s => s.Later)]));
    }
}
