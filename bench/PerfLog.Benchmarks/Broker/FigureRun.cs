using PerfLog.Benchmarks.Measuring;

namespace PerfLog.Benchmarks.Broker;

/// <summary>Figures that are measured together and can be asked for by name.</summary>
internal sealed record FigureGroup(string Name, Func<Bench, IEnumerable<Figure>> Measure);

/// <summary>
/// Measures groups of figures in one run and writes them to the console, to docs/performance.md when all were asked for,
/// and, if wanted, to a JSON file.
/// </summary>
internal static class FigureRun
{
    private static readonly TimeSpan LoadSample = TimeSpan.FromSeconds(2);

    /// <param name="section">The section of the page.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="groups">All groups of the section.</param>
    public static void Of(string section, MeasureOptions options, IReadOnlyList<FigureGroup> groups)
    {
        if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("The measurements need Linux (sendfile, /proc).");
        FigureGroup[] asked = [.. groups.Where(group => options.Only is null || group.Name == options.Only)];
        if (asked.Length == 0) throw new UsageException($"--only {options.Only}: there are {string.Join(", ", groups.Select(static group => group.Name))}.");
        Repository repository = Repository.Find();
        double busyPercent = ProcessorTime.SampleBusyPercent(LoadSample);
        if (options.ReadyMemoryGib > 0) Console.Error.WriteLine($"Making {options.ReadyMemoryGib} GiB of memory ready ...");
        using var memory = new ReadyMemory(options.ReadyMemoryGib);
        using var bench = new Bench(options.Plan, options.Program, Console.Error.WriteLine);
        Machine machine = Machine.Describe(bench.Folder);
        List<Figure> figures = [.. asked.SelectMany(group => group.Measure(bench))];
        var conditions = new Conditions(machine, repository.Commit, DateTimeOffset.UtcNow, options.Plan.Name, busyPercent) { ReadyMemoryGib = options.ReadyMemoryGib };
        var run = new MeasuredRun(conditions, figures);

        string table = FigureTable.Of(run);
        Console.WriteLine(table);
        if (options.Only is null) new PerformancePage(repository.PerformancePage).Replace(section, table, GoalPlot.Of(run));
        if (options.JsonFile is not null) File.WriteAllText(options.JsonFile, run.ToJson() + "\n");
    }
}
