using PerfLog.Benchmarks.Broker;

namespace PerfLog.Benchmarks.Engine;

/// <summary>"engine": measures the storage engine by itself, as shares of what the machine can do and beside its peers.</summary>
internal static class EngineCommand
{
    private static readonly IReadOnlyList<FigureGroup> FigureGroups =
    [
        new("limits", LimitFigures.Measure),
        new("append", AppendFigures.Cached),
        new("direct", AppendFigures.Direct),
        new("records", RecordFigures.Measure),
        new("durable", DurableFigures.Measure),
        new("read", ReadFigures.Measure),
        new("recovery", RecoveryFigures.Measure),
        new("partitions", PartitionFigures.Measure),
        new("heap", HeapFigures.Measure),
    ];

    public static void Run(MeasureOptions options) => FigureRun.Of("engine", options, FigureGroups);
}
