using System.Diagnostics;
using System.Globalization;
using PerfLog.Benchmarks.Broker;
using PerfLog.Benchmarks.Broker.Frames;
using PerfLog.Benchmarks.Measuring;
using PerfLog.Storage;

namespace PerfLog.Benchmarks.Engine;

/// <summary>What many logs cost: opening them after a clean stop, and having them open.</summary>
internal static class PartitionFigures
{
    /// <summary>The program's verb for the process that opens logs and does nothing.</summary>
    public const string Verb = "idle-logs";

    private const int Opened = 1_000;
    private const int Idle = 10_000;
    private const double OpenSecondsMax = 1;
    private const double ResidentMegabytesMax = 300;

    /// <summary>Opens what is there and says how much memory the process has then.</summary>
    public static void OpenIdle(ReadOnlySpan<string> arguments)
    {
        LogDirectory directory = EngineLog.Open(arguments[0], LogOptions.Default);
        if (directory.LogCount != Idle) throw new InvalidDataException($"{directory.LogCount} logs were opened.");
        directory.RunHousekeeping(TimestampMs.Now(TimeProvider.System));
        Console.WriteLine(Environment.WorkingSet.ToString(CultureInfo.InvariantCulture));
        GC.KeepAlive(directory);
    }

    public static IEnumerable<Figure> Measure(Bench bench)
    {
        string folder = bench.NewPath("many");
        Make(folder, Opened);
        IReadOnlyList<double> seconds = bench.Rounds().Run("Opening 1,000 logs", new Contender<double>("open", () => SecondsToOpen(folder)))[0];
        yield return Figure.Of("Opening 1,000 partitions after a clean stop", "s", new Samples(seconds)) with { Goal = Goal.ValueAtMost(OpenSecondsMax) };

        IReadOnlyList<double> closing = bench.Rounds().Run("Closing 1,000 logs", new Contender<double>("close", () => SecondsToClose(folder)))[0];
        yield return Figure.Of("Closing 1,000 partitions, each with a record that was not flushed", "s", new Samples(closing));

        Copy(folder, Idle);
        yield return new Figure("Resident memory with 10,000 idle partitions", ResidentMegabytes(folder), "MB") { Goal = Goal.ValueAtMost(ResidentMegabytesMax) };
    }

    private static void Make(string folder, int count)
    {
        LogDirectory directory = EngineLog.Open(folder, LogOptions.Default);
        byte[] batch = PlainBatch.OfBytes(1, 1024);
        Parallel.For(0, count, index =>
        {
            PartitionLog log = directory.Create(new TopicPartition("many", index), new Uuid(1, 1), LogOptions.Default);
            log.BecomeLeader(new LeaderEpoch(0));
            log.AppendAsync(batch.ToArray(), new LeaderEpoch(0)).GetAwaiter().GetResult();
        });
        directory.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    // Making ten thousand by the engine takes as many flushes of folders; copies of what it made are the same to open.
    private static void Copy(string folder, int count)
    {
        string pattern = Path.Combine(folder, "many-0");
        string[] files = Directory.GetFiles(pattern);
        for (int index = Opened; index < count; index++)
        {
            string copy = Path.Combine(folder, $"many-{index}");
            Directory.CreateDirectory(copy);
            foreach (string file in files) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }
    }

    private static double SecondsToOpen(string folder)
    {
        long began = Stopwatch.GetTimestamp();
        LogDirectory directory = EngineLog.Open(folder, LogOptions.Default);
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        if (directory.LogCount != Opened) throw new InvalidDataException($"{directory.LogCount} logs were opened.");
        directory.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return seconds;
    }

    private static double SecondsToClose(string folder)
    {
        LogDirectory directory = EngineLog.Open(folder, LogOptions.Default);
        byte[] batch = PlainBatch.OfBytes(1, 1024);
        foreach (PartitionLog log in directory.Logs) log.AppendAsync(batch.ToArray(), new LeaderEpoch(0)).GetAwaiter().GetResult();
        long began = Stopwatch.GetTimestamp();
        directory.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static double ResidentMegabytes(string folder)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Verb, folder]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return double.Parse(answer, CultureInfo.InvariantCulture) / 1e6;
    }
}
