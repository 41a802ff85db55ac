using PerfLog.Benchmarks.Broker;

namespace PerfLog.Benchmarks.Groups;

/// <summary>"groups": measures what consumer groups cost a broker.</summary>
internal static class GroupsCommand
{
    private const int QuickRounds = 5;
    private const int FullRounds = 15;
    private const int LoadRounds = 3;

    private static readonly IReadOnlyList<FigureGroup> FigureGroups =
    [
        new("join", static bench => JoinFigures.Measure(bench, Rounds(bench) * 2)),
        new("rebalance", static bench => RebalanceFigures.Measure(bench, Rounds(bench))),
        new("commits", CommitFigures.Measure),
        new("allocations", CommitFigures.MeasureAllocations),
        new("memory", static _ => MemoryFigures.Measure()),
        new("load", static bench => LoadFigures.Measure(bench, LoadRounds)),
    ];

    public static void Run(MeasureOptions options) => FigureRun.Of("groups", options, FigureGroups);

    private static int Rounds(Bench bench) => ReferenceEquals(bench.Plan, MeasurementPlan.Quick) ? QuickRounds : FullRounds;
}
