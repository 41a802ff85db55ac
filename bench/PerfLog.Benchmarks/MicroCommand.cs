using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;
using PerfLog.Benchmarks.Measuring;

namespace PerfLog.Benchmarks;

/// <summary>
/// "micro": the single hot paths, each beside a plain baseline, by BenchmarkDotNet. A run of all of them is written to
/// docs/performance.md; one with a filter is not.
/// </summary>
internal static class MicroCommand
{
    // With the default of half a second, a run of all takes a quarter of an hour.
    private const double IterationMs = 150;

    private static readonly TimeSpan LoadSample = TimeSpan.FromSeconds(2);

    public static void Run(ReadOnlySpan<string> filters)
    {
        Repository repository = Repository.Find();
        double busyPercent = ProcessorTime.SampleBusyPercent(LoadSample);
        string[] arguments = ["--filter", .. filters.IsEmpty ? ["*"] : filters.ToArray()];
        IReadOnlyList<Summary> summaries =
            [.. BenchmarkSwitcher.FromAssembly(typeof(MicroCommand).Assembly).Run(arguments, Configure(repository))];
        if (!filters.IsEmpty) return;

        var conditions = new Conditions(
            Machine.Describe(repository.Root), repository.Commit, DateTimeOffset.UtcNow, "BenchmarkDotNet short", busyPercent);
        new PerformancePage(repository.PerformancePage).Replace("micro", $"{conditions.ToMarkdown()}\n{MicroTable.Of(summaries)}");
    }

    private static ManualConfig Configure(Repository repository) =>
        // In this process: it is built already, and building one anew per benchmark takes longer than measuring.
        ManualConfig.CreateEmpty()
            .AddJob(Job.ShortRun.WithIterationTime(TimeInterval.FromMilliseconds(IterationMs)).WithToolchain(InProcessEmitToolchain.Instance))
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(ConsoleLogger.Default)
            .WithArtifactsPath(Path.Combine(repository.Root, "artifacts", "bench"));
}
