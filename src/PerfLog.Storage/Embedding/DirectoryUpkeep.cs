using Microsoft.Extensions.Logging;

namespace PerfLog.Storage;

/// <summary>
/// What a directory does by itself for a process that embeds it: housekeeping and compaction on timers, and compaction on
/// demand. Owned by its <see cref="LogDirectory"/>; any thread.
/// </summary>
internal sealed partial class DirectoryUpkeep : IAsyncDisposable
{
    private readonly LogDirectory _directory;
    private readonly LogDirectoryOptions _options;
    private readonly LogCleaner _cleaner;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;

    public DirectoryUpkeep(LogDirectory directory, LogDirectoryOptions options, Random random)
    {
        _directory = directory;
        _options = options;
        _cleaner = new LogCleaner([directory], options.Time, random, options.Logger);
        _running = Task.WhenAll(KeepHouseAsync(), CompactNowAndThenAsync());
    }

    public void ApplyRetention(PartitionLog log)
    {
        _directory.ThrowIfOffline();
        log.RunHousekeeping(TimestampMs.Now(_options.Time), appliesRetention: true);
    }

    public async Task<CompactionResult?> CompactAsync(PartitionLog log, CancellationToken cancellation)
    {
        using LogCompactor compactor = _cleaner.CreateCompactor(_options.Compaction);
        return await compactor.CompactAsync(log, cancellation);
    }

    public void Forget(RecordLog log) => _directory.Forget(log);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    // A failure inside takes the directory offline, which it reports itself.
    private async Task KeepHouseAsync()
    {
        using PeriodicTimer timer = new(_options.HousekeepingInterval, _options.Time);
        while (await timer.WaitForNextTickAsync(_stopping.Token)) _directory.RunHousekeeping(TimestampMs.Now(_options.Time));
    }

    private async Task CompactNowAndThenAsync()
    {
        using PeriodicTimer timer = new(_options.CompactionInterval, _options.Time);
        using LogCompactor compactor = _cleaner.CreateCompactor(_options.Compaction);
        while (await timer.WaitForNextTickAsync(_stopping.Token)) await CompactAllAsync(compactor);
    }

    private async Task CompactAllAsync(LogCompactor compactor)
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
            LogFault(_options.Logger, fault);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A log could not be compacted")]
    private static partial void LogFault(ILogger logger, Exception fault);
}
