using PerfLog.Broker.Partitions;
using PerfLog.Storage;

namespace PerfLog.Broker.Hosting;

/// <summary>Runs the log directories' housekeeping once a second until it is disposed.</summary>
internal sealed class Housekeeping : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly LogDirectorySet _directories;
    private readonly TimeProvider _time;
    private readonly PeriodicTimer _timer;
    private readonly Task _running;

    public Housekeeping(LogDirectorySet directories, TimeProvider time)
    {
        _directories = directories;
        _time = time;
        _timer = new PeriodicTimer(Interval, time);
        _running = RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _running;
    }

    private async Task RunAsync()
    {
        // A failure inside takes only its directory offline, which the directory reports itself.
        while (await _timer.WaitForNextTickAsync())
        {
            foreach (LogDirectory directory in _directories.All) directory.RunHousekeeping(TimestampMs.Now(_time));
        }
    }
}
