using System.Diagnostics;
using HdrHistogram;
using PerfLog.Benchmarks.Broker;
using PerfLog.Benchmarks.Engine.Bare;
using PerfLog.Benchmarks.Measuring;
using PerfLog.Records;
using PerfLog.Storage;

namespace PerfLog.Benchmarks.Engine;

/// <summary>Appends that are acknowledged when they are on the disk, by several appenders at once, against a bare loop of write and fdatasync.</summary>
internal static class DurableFigures
{
    private const int FlushesPerRound = 1_500;
    private const int ManyAppenders = 64;
    private const double SharingMin = 16;
    private const double TailRatioMax = 3;
    private const long HighestNanoseconds = 60_000_000_000;
    private const int Digits = 3;

    public static IEnumerable<Figure> Measure(Bench bench)
    {
        IReadOnlyList<IReadOnlyList<DurableRound>> rounds = bench.DiskRounds().Run(
            "Durable appends",
            new Contender<DurableRound>("bare", () => Bare(bench)),
            new Contender<DurableRound>("1", () => Append(bench, 1, FlushesPerRound)),
            new Contender<DurableRound>("16", () => Append(bench, 16, FlushesPerRound * 16)),
            new Contender<DurableRound>("64", () => Append(bench, ManyAppenders, FlushesPerRound * 64)));
        (string bareRate, string bareTail) = ("bare pwrite + fdatasync of 1 KiB, one after the other", "p99 of the same loop");

        foreach ((int index, int appenders) in new[] { (1, 1), (2, 16), (3, ManyAppenders) })
        {
            string who = appenders == 1 ? "1 appender" : $"{appenders} appenders";
            Figure rate = Figure.Of($"Durable appends of 1 KiB, {who}", "appends/s", Of(rounds[index], static round => round.PerSecond))
                .Against(bareRate, Of(rounds[0], static round => round.PerSecond));
            yield return appenders == 1 ? rate with { Goal = Goal.RatioAtLeast(0.9) } : rate;
            Figure sharing = Figure.Of("– acknowledged appends per fdatasync", "appends", Of(rounds[index], static round => round.PerFlush));
            yield return appenders == ManyAppenders ? sharing with { Goal = Goal.ValueAtLeast(SharingMin) } : sharing;
            yield return Figure.Of("– p50", "µs", Of(rounds[index], static round => round.P50)).Against("p50 of the same loop", Of(rounds[0], static round => round.P50));
            yield return Figure.Of("– p99", "µs", Of(rounds[index], static round => round.P99)).Against(bareTail, Of(rounds[0], static round => round.P99))
                with { Goal = Goal.RatioAtMost(TailRatioMax) };
        }
    }

    private static Samples Of(IReadOnlyList<DurableRound> rounds, Func<DurableRound, double> value) => new([.. rounds.Select(value)]);

    private static DurableRound Bare(Bench bench)
    {
        LongHistogram latencies = BareFlush.Measure(bench, FlushesPerRound, out TimeSpan elapsed);
        return new DurableRound(FlushesPerRound / elapsed.TotalSeconds, 1, latencies);
    }

    private static DurableRound Append(Bench bench, int appenders, int appends)
    {
        string folder = bench.NewPath("durable");
        var device = new CountingDevice(DiskDevice.Shared);
        RecordLog log = RecordLog.OpenAsync(folder, new LogOptions { Preallocate = true }, new LogDirectoryOptions { Device = device })
            .AsTask().GetAwaiter().GetResult();
        log.Append(new byte[BareFlush.WriteBytes]);
        log.Flush();
        long flushes = device.Flushes, began = Stopwatch.GetTimestamp();
        LongHistogram[] latencies = Task.WhenAll(Enumerable.Range(0, appenders).Select(_ => AppendAsync(log, appends / appenders))).GetAwaiter().GetResult();
        TimeSpan elapsed = Stopwatch.GetElapsedTime(began);
        flushes = device.Flushes - flushes;
        var all = new LongHistogram(1, HighestNanoseconds, Digits);
        foreach (LongHistogram each in latencies) all.Add(each);
        log.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Directory.Delete(folder, recursive: true);
        return new DurableRound(appends / elapsed.TotalSeconds, (double)appends / flushes, all);
    }

    private static async Task<LongHistogram> AppendAsync(RecordLog log, int appends)
    {
        await Task.Yield();
        byte[] value = new byte[BareFlush.WriteBytes];
        var latencies = new LongHistogram(1, HighestNanoseconds, Digits);
        for (int i = 0; i < appends; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await log.AppendAsync(OptionalBytes.Null, value, Acknowledgement.Flushed);
            latencies.RecordValue((long)Stopwatch.GetElapsedTime(start).TotalNanoseconds);
        }

        return latencies;
    }

    private sealed record DurableRound(double PerSecond, double PerFlush, LongHistogram Latencies)
    {
        public double P50 => Latencies.GetValueAtPercentile(50) / 1e3;

        public double P99 => Latencies.GetValueAtPercentile(99) / 1e3;
    }
}
