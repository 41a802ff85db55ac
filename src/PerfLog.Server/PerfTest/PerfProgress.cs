using System.Globalization;
using PerfLog.Server.Output;

namespace PerfLog.Server.PerfTest;

/// <summary>What a measurement did since the last look.</summary>
internal readonly record struct PerfWindow(long Records, long Bytes, TimeSpan Elapsed, LatencySummary Latency)
{
    public double RecordsPerSecond => Elapsed > TimeSpan.Zero ? Records / Elapsed.TotalSeconds : 0;

    public double MegabytesPerSecond => Elapsed > TimeSpan.Zero ? Bytes / Elapsed.TotalSeconds / (1024 * 1024) : 0;
}

/// <summary>
/// Shows how a measurement goes on: on a terminal one line, each second anew; elsewhere a line for each interval, as Kafka's
/// tools print them. Made by who measures, on whose time it looks; disposal takes the terminal's line away.
/// </summary>
internal sealed class PerfProgress : IAsyncDisposable
{
    private static readonly TimeSpan LiveInterval = TimeSpan.FromSeconds(1);

    private readonly PerfView _view;
    private readonly Func<PerfWindow> _look;
    private readonly PeriodicTimer _timer;
    private readonly Task _showing;
    private readonly TimeProvider _time;
    private readonly long _started;
    private bool _isLineShown;

    /// <param name="view">Where to and how.</param>
    /// <param name="time">Whose seconds count.</param>
    /// <param name="look">What was done since it was last called.</param>
    public PerfProgress(PerfView view, TimeProvider time, Func<PerfWindow> look)
    {
        (_view, _time, _look) = (view, time, look);
        _started = time.GetTimestamp();
        _timer = new PeriodicTimer(view.IsLive ? LiveInterval : view.Interval, time);
        _showing = ShowAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _showing;
        const string ToTheLinesStartAndClearIt = "\r\u001b[K";
        if (_isLineShown) await _view.Live.WriteAsync(ToTheLinesStartAndClearIt);
    }

    private async Task ShowAsync()
    {
        while (await _timer.WaitForNextTickAsync())
        {
            PerfWindow window = _look();
            try
            {
                if (_view.IsLive) ShowLive(window);
                else if (_view.Line is not null) await _view.Lines.WriteLineAsync(_view.Line(window));
            }
            catch (OutputClosedException)
            {
                _view.OutputClosed?.Invoke();
                throw;
            }
        }
    }

    private void ShowLive(in PerfWindow window)
    {
        _isLineShown = true;
        LatencySummary latency = window.Latency;
        _view.Live.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"\r{_time.GetElapsedTime(_started).TotalSeconds,5:F0} s  {window.RecordsPerSecond,12:N0} records/s  {window.MegabytesPerSecond,9:N1} MB/s  p50 {latency.P50Ms:N2} ms  p99 {latency.P99Ms:N2} ms  max {latency.MaxMs:N2} ms\u001b[K"));
        _view.Live.Flush();
    }
}

/// <summary>Where progress is shown, and how.</summary>
/// <param name="Lines">Where lines go.</param>
/// <param name="Live">The terminal's writer: standard error, so that standard output stays clean.</param>
/// <param name="IsLive">There is a terminal.</param>
/// <param name="Interval">The time between lines.</param>
/// <param name="Line">How a line is written; null for none.</param>
internal sealed record PerfView(TextWriter Lines, TextWriter Live, bool IsLive, TimeSpan Interval, Func<PerfWindow, string>? Line)
{
    /// <summary>Called when nobody reads the lines any more: a measurement that nobody learns of need not go on.</summary>
    public Action? OutputClosed { get; init; }

    public static PerfView On(TextWriter lines, TextWriter errors, TimeSpan interval, Func<PerfWindow, string>? line) =>
        new(lines, errors, Terminal.IsInteractive(errors), interval, line);
}
