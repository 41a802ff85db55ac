using System.Diagnostics;
using System.Runtime.InteropServices;

namespace PerfLog.Benchmarks.Clients;

/// <summary>
/// Says when each record of a steady stream is due, and waits for it on a thread of its own. A record that is late keeps its
/// time: what held it up counts as its latency.
/// </summary>
internal sealed partial class Pacer(int recordsPerSecond)
{
    private const int Monotonic = 1;
    private const int AbsoluteTime = 1;

    // The runtime's timestamps are this clock's nanoseconds.
    private readonly long _began = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 20);

    public long DueAt(long number) => _began + (number * Stopwatch.Frequency / recordsPerSecond);

    /// <summary>Sends all records at their times.</summary>
    public Thread Run(int records, Action<long> send)
    {
        var thread = new Thread(() =>
        {
            for (long number = 0; number < records; number++)
            {
                WaitUntil(DueAt(number));
                send(number);
            }
        });
        thread.Start();
        return thread;
    }

    private static void WaitUntil(long timestamp)
    {
        if (timestamp <= Stopwatch.GetTimestamp()) return;
        var until = new Timespec { Seconds = timestamp / Stopwatch.Frequency, Nanoseconds = timestamp % Stopwatch.Frequency };
        _ = Sleep(Monotonic, AbsoluteTime, until, nint.Zero);
    }

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int Sleep(int clock, int flags, in Timespec until, nint remaining);

    private struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
