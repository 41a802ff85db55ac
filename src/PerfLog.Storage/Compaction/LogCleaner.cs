using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace PerfLog.Storage;

/// <summary>
/// Compacts the logs of some directories whose policy asks for it, the one that needs it most first. Owned by whoever calls
/// it from one or more background loops, each with a compactor of its own; any thread.
/// </summary>
public sealed partial class LogCleaner(IReadOnlyList<LogDirectory> directories, TimeProvider time, Random random, ILogger logger)
{
    private readonly CompactionThrottle _throttle = new(time);

    /// <summary>Makes what one loop needs; all share one limit of bytes a second.</summary>
    public LogCompactor CreateCompactor(CompactionSettings settings)
    {
        long seed;
        lock (random) seed = random.NextInt64();
        return new LogCompactor(settings, _throttle, seed, logger);
    }

    /// <summary>Compacts the log that needs it most.</summary>
    /// <returns>Whether a log was compacted; when none was, the loop waits for a while.</returns>
    public async Task<bool> CleanOneAsync(LogCompactor compactor, CancellationToken cancellation)
    {
        if (!TryFindDirtiest(out PartitionLog? log)) return false;
        try
        {
            return await compactor.CompactAsync(log, cancellation) is not null;
        }
        catch (IOException failure)
        {
            // A full disk, or a damaged log: the log stays as it is, and appends and reads go on.
            LogFailed(failure, log.Partition);
            return false;
        }
    }

    private bool TryFindDirtiest([NotNullWhen(true)] out PartitionLog? found)
    {
        TimestampMs now = TimestampMs.Now(time);
        found = null;
        double highest = -1;
        foreach (LogDirectory directory in directories)
        {
            if (directory.IsOffline) continue;
            foreach (PartitionLog log in directory.Logs)
            {
                if (Need(log, now) is not { } need || need <= highest) continue;
                highest = need;
                found = log;
            }
        }

        return found is not null;
    }

    // A log that is overdue comes before all that are merely dirty.
    private static double? Need(PartitionLog log, TimestampMs now)
    {
        LogOptions options = log.Options;
        if ((options.CleanupPolicy & CleanupPolicies.Compact) == 0 || log.CompactionFault is not null) return null;
        CompactionBounds bounds = log.CompactionBounds(now);
        if (bounds.DirtyBytes == 0) return null;
        if (bounds.IsOverdue) return 1 + bounds.DirtyRatio;
        return bounds.DirtyRatio > options.MinCleanableDirtyRatio ? bounds.DirtyRatio : null;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Partition} cannot be compacted now")]
    private partial void LogFailed(Exception failure, TopicPartition partition);
}
