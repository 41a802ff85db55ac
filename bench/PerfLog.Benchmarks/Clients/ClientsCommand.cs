using PerfLog.Benchmarks.Broker;

namespace PerfLog.Benchmarks.Clients;

/// <summary>"clients": measures PerfLog's clients against Confluent.Kafka, over the same broker and in the same run.</summary>
internal static class ClientsCommand
{
    private const int SmallBytes = 100;
    private const int LargeBytes = 1024;

    private static readonly IReadOnlyList<FigureGroup> FigureGroups =
    [
        new("produce-small", static bench => ProduceComparison.Measure(bench, SmallBytes)),
        new("produce-large", static bench => ProduceComparison.Measure(bench, LargeBytes)),
        new("consume-small", static bench => ConsumeComparison.Measure(bench, SmallBytes)),
        new("consume-large", static bench => ConsumeComparison.Measure(bench, LargeBytes)),
        new("latency", LatencyComparison.Measure),
    ];

    public static void Run(MeasureOptions options) => FigureRun.Of("clients", options, FigureGroups);
}
