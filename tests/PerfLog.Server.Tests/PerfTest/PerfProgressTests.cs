using Microsoft.Extensions.Time.Testing;
using PerfLog.Server.PerfTest;

namespace PerfLog.Server.Tests.PerfTest;

public sealed class PerfProgressTests
{
    private static readonly PerfWindow Window = new(
        Records: 5000, Bytes: 2 * 1024 * 1024, Elapsed: TimeSpan.FromSeconds(2), Latency: new(5000, 1.5, 1.25, 3, 7.5, 8, 9));

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_terminal_shows_one_line_each_second_anew_and_is_clean_at_the_end()
    {
        (StringWriter lines, StringWriter live) = (new(), new());
        PerfView view = new(lines, live, IsLive: true, TimeSpan.FromSeconds(5), static _ => "never");
        await using (PerfProgress progress = new(view, _time, static () => Window))
        {
            for (int second = 1; second <= 2; second++)
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                await UntilAsync(() => live.ToString().Contains($"{second} s"));
            }
        }

        string[] shown = live.ToString().Split('\r', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["1 s", "2 s", "\u001b[K"], shown.Select(static line => line.Length > 3 ? line[..7].Trim() : line));
        Assert.Contains("2,500 records/s", shown[0]);
        Assert.Contains("1.0 MB/s  p50 1.25 ms  p99 7.50 ms  max 9.00 ms", shown[0]);
        Assert.Equal("", lines.ToString());
    }

    [Fact]
    public async Task Elsewhere_there_is_a_line_of_Kafkas_for_each_interval()
    {
        (StringWriter lines, StringWriter live) = (new(), new());
        PerfView view = new(lines, live, IsLive: false, TimeSpan.FromSeconds(5), ProduceTest.WindowLine);
        await using (PerfProgress progress = new(view, _time, static () => Window))
        {
            _time.Advance(TimeSpan.FromSeconds(4));
            Assert.Equal("", lines.ToString());
            _time.Advance(TimeSpan.FromSeconds(1));
            await UntilAsync(() => lines.ToString().Contains('\n'));
        }

        Assert.Equal(
            "5000 records sent, 2500.0 records/sec (1.00 MB/sec), 1.5 ms avg latency, 9.0 ms max latency.", lines.ToString().Trim());
        Assert.Equal("", live.ToString());
    }

    /// <summary>The line is written by a thread of the pool, which fake time has told to.</summary>
    private static async Task UntilAsync(Func<bool> condition)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(10));
        while (!condition())
        {
            Assert.False(patience.IsCancellationRequested, "The line did not come.");
            await Task.Yield();
        }
    }
}
