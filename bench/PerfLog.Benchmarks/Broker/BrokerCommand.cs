using PerfLog.Benchmarks.Broker.Embedded;
using PerfLog.Benchmarks.Broker.Frames;
using PerfLog.Benchmarks.Measuring;

namespace PerfLog.Benchmarks.Broker;

/// <summary>"broker": measures how fast the broker takes records in and hands them out, and what it costs.</summary>
internal static class BrokerCommand
{
    private const string Topic = "t";

    private static readonly IReadOnlyList<FigureGroup> FigureGroups =
    [
        new("throughput", Throughput),
        new("latency", LatencyFigures.Measure),
        new("pipelined", PipelinedFigures.Measure),
        new("start", StartFigures.Measure),
        new("embedded", EmbeddedFigures.MeasureStarts),
        new("allocations", EmbeddedFigures.MeasureAllocations),
    ];

    public static void Run(MeasureOptions options) => FigureRun.Of("broker", options, FigureGroups);

    private static List<Figure> Throughput(Bench bench)
    {
        string dataFolder = bench.NewPath("data");
        using ServerProcess broker = bench.StartBroker(dataFolder);
        using (FrameConnection connection = broker.Connect()) Bench.CreateTopic(connection, Topic);
        return [.. ProduceFigures.Measure(bench, broker, Topic), .. FetchFigures.Measure(bench, broker, dataFolder, Topic)];
    }
}
