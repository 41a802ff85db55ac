using Microsoft.Extensions.Logging;
using PerfLog.Broker.Configuration;
using PerfLog.Storage;

namespace PerfLog.Broker.Hosting;

/// <summary>Compacts logs in the background, from the broker's start until it is disposed.</summary>
internal sealed partial class LogCleaning : IAsyncDisposable
{
    private readonly LogCleaner _cleaner;
    private readonly Func<CleanerOptions> _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;

    public LogCleaning(LogCleaner cleaner, Func<CleanerOptions> options, TimeProvider time, ILogger logger)
    {
        _cleaner = cleaner;
        _options = options;
        _time = time;
        _logger = logger;
        _running = Task.WhenAll(Enumerable.Range(0, options().Threads).Select(_ => RunAsync()));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        CompactionSettings settings = _options().PerThread;
        LogCompactor compactor = _cleaner.CreateCompactor(settings);
        try
        {
            while (!_stopping.IsCancellationRequested)
            {
                // The pause comes first: a broker that starts has other things to do.
                long pauseMs = Math.Clamp(_options().BackoffMs, 1, int.MaxValue);
                await Task.Delay(TimeSpan.FromMilliseconds(pauseMs), _time, _stopping.Token);
                if (_options().PerThread != settings)
                {
                    compactor.Dispose();
                    settings = _options().PerThread;
                    compactor = _cleaner.CreateCompactor(settings);
                }

                await CleanAllAsync(compactor);
            }
        }
        finally
        {
            compactor.Dispose();
        }
    }

    private async Task CleanAllAsync(LogCompactor compactor)
    {
        try
        {
            while (await _cleaner.CleanOneAsync(compactor, _stopping.Token))
            {
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // A fault of ours in one log must not end the compaction of the others, which it is not tried in again.
            LogFault(fault);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A log could not be compacted")]
    private partial void LogFault(Exception fault);
}
