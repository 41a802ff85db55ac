using PerfLog.Benchmarks.Broker.Embedded;
using PerfLog.Benchmarks.Broker.Frames;
using PerfLog.Benchmarks.Measuring;

namespace PerfLog.Benchmarks.Broker;

/// <summary>
/// "broker": measures the broker's figures in one run and writes them to the console, to docs/performance.md and, if asked
/// for, to a JSON file.
/// </summary>
internal static class BrokerCommand
{
    private const string Topic = "t";

    private static readonly TimeSpan LoadSample = TimeSpan.FromSeconds(2);

    public static void Run(MeasureOptions options)
    {
        if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("The baselines need Linux (sendfile, /proc).");
        Repository repository = Repository.Find();
        double busyPercent = ProcessorTime.SampleBusyPercent(LoadSample);
        using var bench = new Bench(options.Plan, options.Program, Console.Error.WriteLine);
        Machine machine = Machine.Describe(bench.Folder);
        List<Figure> figures = [.. Measure(bench, options.Only)];
        var conditions = new Conditions(machine, repository.Commit, DateTimeOffset.UtcNow, options.Plan.Name, busyPercent);
        var run = new MeasuredRun(conditions, figures);

        string table = FigureTable.Of(run);
        Console.WriteLine(table);
        if (options.Only is null) new PerformancePage(repository.PerformancePage).Replace("broker", table);
        if (options.JsonFile is not null) File.WriteAllText(options.JsonFile, run.ToJson() + "\n");
    }

    private static IEnumerable<Figure> Measure(Bench bench, string? only)
    {
        (string Name, Func<Bench, IEnumerable<Figure>> Measure)[] groups =
        [
            ("throughput", Throughput),
            ("latency", LatencyFigures.Measure),
            ("pipelined", PipelinedFigures.Measure),
            ("start", StartFigures.Measure),
            ("embedded", EmbeddedFigures.MeasureStarts),
            ("allocations", EmbeddedFigures.MeasureAllocations),
        ];
        if (only is not null && !groups.Any(group => group.Name == only))
            throw new UsageException($"--only {only}: there are {string.Join(", ", groups.Select(static group => group.Name))}.");
        return groups.Where(group => only is null || group.Name == only).SelectMany(group => group.Measure(bench));
    }

    private static List<Figure> Throughput(Bench bench)
    {
        string dataFolder = bench.NewPath("data");
        using ServerProcess broker = bench.StartBroker(dataFolder);
        using (FrameConnection connection = broker.Connect()) Bench.CreateTopic(connection, Topic);
        return [.. ProduceFigures.Measure(bench, broker, Topic), .. FetchFigures.Measure(bench, broker, dataFolder, Topic)];
    }
}
