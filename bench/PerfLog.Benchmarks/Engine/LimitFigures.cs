using System.Net;
using System.Net.Sockets;
using HdrHistogram;
using PerfLog.Benchmarks.Broker;
using PerfLog.Benchmarks.Engine.Bare;
using PerfLog.Benchmarks.Measuring;

namespace PerfLog.Benchmarks.Engine;

/// <summary>What the machine can do at most, by bare loops: memory, page cache, disk and loopback.</summary>
internal static class LimitFigures
{
    private const int Mebibyte = 1024 * 1024;
    private const int FlushesQuick = 1_000;

    private static readonly int[] WriteSizes = [4 * 1024, 64 * 1024, 256 * 1024, Mebibyte];

    public static IEnumerable<Figure> Measure(Bench bench)
    {
        long bytes = bench.Plan.TransferBytes;
        foreach (int size in new[] { 16 * 1024, Mebibyte, 32 * Mebibyte })
            yield return Throughput(bench, $"Limit: copying memory, {size / 1024} KiB", () => Copy(size, bytes * 4));
        foreach (int size in WriteSizes)
            yield return Throughput(bench, $"Limit: pwrite into a preallocated file, {size / 1024} KiB at a time, no flush", () => Write(bench, bytes, size));
        yield return Throughput(bench, "Limit: O_DIRECT pwrite, 1 MiB at a time", () => WriteDirect(bench, bytes));
        foreach (Figure figure in Flushes(bench)) yield return figure;
        yield return Throughput(bench, "Limit: pread of cached bytes, 1 MiB at a time", () => Read(bench, bytes));
        yield return Throughput(bench, "Limit: sendfile of cached bytes over loopback", () => Send(bench, bytes));
    }

    private static Figure Throughput(Bench bench, string name, Func<Effort> measure)
    {
        IReadOnlyList<Effort> rounds = bench.DiskRounds().Run(name, new Contender<Effort>("bare", measure))[0];
        return Figure.Of(name, "MB/s", EffortFigures.MegabytesPerSecond(rounds));
    }

    private static Effort Copy(int size, long bytes)
    {
        byte[] from = GC.AllocateUninitializedArray<byte>(size), to = GC.AllocateUninitializedArray<byte>(size);
        from.AsSpan().Fill(1);
        from.CopyTo(to, 0);
        return Effort.Of(bytes, () =>
        {
            for (long copied = 0; copied < bytes; copied += size) from.AsSpan().CopyTo(to);
        });
    }

    private static Effort Write(Bench bench, long bytes, int size)
    {
        using var file = new LinuxFile(bench.NewPath("limit"), isDirect: false, bytes, keepsLength: true);
        byte[] piece = new byte[size];
        piece.AsSpan().Fill(1);
        return Effort.Of(bytes, () => WriteAll(file, piece, bytes));
    }

    private static unsafe Effort WriteDirect(Bench bench, long bytes)
    {
        using var file = new LinuxFile(bench.NewPath("limit"), isDirect: true, bytes);
        byte[] piece = GC.AllocateArray<byte>(2 * Mebibyte, pinned: true);
        int start = (int)(4096 - (((nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref piece[0])) & 4095));
        return Effort.Of(bytes, () =>
        {
            for (long position = 0; position < bytes; position += Mebibyte) RandomAccess.Write(file.Handle, piece.AsSpan(start, Mebibyte), position);
        });
    }

    private static IEnumerable<Figure> Flushes(Bench bench)
    {
        var rates = new List<double>();
        var medians = new List<double>();
        var tails = new List<double>();
        for (int round = 0; round < bench.Plan.Rounds; round++)
        {
            LongHistogram latencies = BareFlush.Measure(bench, FlushesQuick, out TimeSpan elapsed);
            rates.Add(FlushesQuick / elapsed.TotalSeconds);
            medians.Add(latencies.GetValueAtPercentile(50) / 1e3);
            tails.Add(latencies.GetValueAtPercentile(99) / 1e3);
        }

        yield return Figure.Of("Limit: 1 KiB pwrite + fdatasync, preallocated file", "flushes/s", new Samples(rates));
        yield return Figure.Of("– p50", "µs", new Samples(medians));
        yield return Figure.Of("– p99", "µs", new Samples(tails));
    }

    private static Effort Read(Bench bench, long bytes)
    {
        using var file = new LinuxFile(bench.NewPath("limit"), isDirect: false, bytes);
        byte[] piece = new byte[Mebibyte];
        WriteAll(file, piece, bytes);
        return Effort.Of(bytes, () =>
        {
            for (long position = 0; position < bytes; position += piece.Length) RandomAccess.Read(file.Handle, piece, position);
        });
    }

    private static Effort Send(Bench bench, long bytes)
    {
        using var file = new LinuxFile(bench.NewPath("limit"), isDirect: false, bytes);
        WriteAll(file, new byte[Mebibyte], bytes);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var sender = new Socket(SocketType.Stream, ProtocolType.Tcp);
        sender.Connect(listener.LocalEndpoint);
        using Socket receiver = listener.AcceptSocket();
        var draining = new Thread(() => Drain(receiver, bytes));
        draining.Start();
        return Effort.Of(bytes, () =>
        {
            sender.SendFile(Path.Combine("/proc/self/fd", $"{file.Descriptor}"));
            draining.Join();
        });
    }

    private static void Drain(Socket socket, long bytes)
    {
        byte[] buffer = new byte[256 * 1024];
        while (bytes > 0) bytes -= socket.Receive(buffer);
    }

    private static void WriteAll(LinuxFile file, byte[] piece, long bytes)
    {
        for (long position = 0; position < bytes; position += piece.Length) RandomAccess.Write(file.Handle, piece, position);
    }
}
