using System.Diagnostics;
using PerfLog.Benchmarks.Broker;
using PerfLog.Benchmarks.Broker.Frames;
using PerfLog.Benchmarks.Measuring;
using PerfLog.Storage;

namespace PerfLog.Benchmarks.Engine;

/// <summary>Opening a log whose process was killed while it wrote, for large batches and for small ones.</summary>
internal static class RecoveryFigures
{
    /// <summary>The program's verb for the process that writes and is killed.</summary>
    public const string Verb = "killed-writer";

    private const long LogBytes = 1L << 30;
    private const double SecondsMax = 1;

    /// <summary>Writes and ends as by kill -9.</summary>
    public static void Write(ReadOnlySpan<string> arguments)
    {
        var log = new EngineLog(arguments[0], LogOptions.Default);
        log.Append(PlainBatch.OfBytes(int.Parse(arguments[1]), int.Parse(arguments[2])), LogBytes - (1 << 20));
        Process.GetCurrentProcess().Kill();
    }

    public static IEnumerable<Figure> Measure(Bench bench)
    {
        yield return Of(bench, "1 GiB in batches of 64 KiB", 64, 64 * 1024);
        yield return Of(bench, "1 GiB in batches of one 1 KiB record", 1, 1024);
    }

    private static Figure Of(Bench bench, string what, int records, int batchBytes)
    {
        var seconds = new List<double>();
        for (int round = 0; round < Math.Min(bench.Plan.Rounds, 3); round++)
        {
            string folder = bench.NewPath("killed");
            using Process writer = Process.Start(Environment.ProcessPath!, [Verb, folder, $"{records}", $"{batchBytes}"]);
            writer.WaitForExit();
            long began = Stopwatch.GetTimestamp();
            LogDirectory directory = EngineLog.Open(folder, LogOptions.Default);
            seconds.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            if (!directory.TryGet(EngineLog.Partition, out PartitionLog? log) || log.SizeBytes < LogBytes - (2 << 20))
                throw new InvalidDataException($"The log was not recovered: {log?.SizeBytes} bytes.");
            directory.DisposeAsync().AsTask().GetAwaiter().GetResult();
            Directory.Delete(folder, recursive: true);
        }

        return Figure.Of($"Opening after kill -9, {what}", "s", new Samples(seconds)) with { Goal = Goal.ValueAtMost(SecondsMax) };
    }
}
