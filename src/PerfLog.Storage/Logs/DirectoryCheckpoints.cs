using Microsoft.Extensions.Logging;

namespace PerfLog.Storage;

/// <summary>The four offset files of a log directory, each written when its time has come. Any thread.</summary>
/// <param name="device">What the files lie on.</param>
/// <param name="settings">The directory's.</param>
/// <param name="logs">The open logs.</param>
/// <param name="setAside">Those that could not be opened: what the files say of them is kept.</param>
/// <param name="logger">Told of files that make no sense.</param>
internal sealed partial class DirectoryCheckpoints(
    IStorageDevice device,
    LogDirectorySettings settings,
    Func<IEnumerable<PartitionLog>> logs,
    Func<IEnumerable<TopicPartition>> setAside,
    ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly OffsetCheckpoint _recoveryPoints = At(device, settings, OffsetCheckpoint.RecoveryPoints);
    private readonly OffsetCheckpoint _logStarts = At(device, settings, OffsetCheckpoint.LogStarts);
    private readonly OffsetCheckpoint _highWatermarks = At(device, settings, OffsetCheckpoint.HighWatermarks);
    private readonly OffsetCheckpoint _cleaned = At(device, settings, OffsetCheckpoint.CleanedOffsets);
    private TimestampMs _recoveryPointsDue;
    private TimestampMs _logStartsDue;
    private TimestampMs _highWatermarksDue;

    /// <summary>What the files say of each partition.</summary>
    public Func<TopicPartition, LogCheckpoints> Read()
    {
        IReadOnlyDictionary<TopicPartition, Offset> recoveryPoints = Read(_recoveryPoints, "every log is checked from its start");
        IReadOnlyDictionary<TopicPartition, Offset> starts = Read(_logStarts, "records that were deleted since their segment began are seen again");
        IReadOnlyDictionary<TopicPartition, Offset> highWatermarks = Read(_highWatermarks, "leaders find out anew what is committed");
        IReadOnlyDictionary<TopicPartition, Offset> cleaned = Read(_cleaned, "logs are compacted from their start");
        return partition => new LogCheckpoints(
            recoveryPoints.TryGetValue(partition, out Offset point) ? point : null,
            starts.GetValueOrDefault(partition),
            highWatermarks.GetValueOrDefault(partition),
            cleaned.GetValueOrDefault(partition));
    }

    public void WriteDue(TimestampMs now)
    {
        lock (_gate)
        {
            if (IsDue(ref _recoveryPointsDue, now, settings.RecoveryPointCheckpointMs)) Write(_recoveryPoints, static log => log.RecoveryPoint);
            if (IsDue(ref _logStartsDue, now, settings.LogStartCheckpointMs)) Write(_logStarts, static log => log.LogStartOffset);
            if (IsDue(ref _highWatermarksDue, now, settings.HighWatermarkCheckpointMs)) Write(_highWatermarks, static log => log.HighWatermark);
        }
    }

    /// <summary>Before a log is cut: what is written after the cut lies behind these points and has not been compacted.</summary>
    public void WriteRecoveryPoints()
    {
        lock (_gate)
        {
            Write(_recoveryPoints, static log => log.RecoveryPoint);
            WriteCleanedHeld();
        }
    }

    public void WriteCleaned()
    {
        lock (_gate) WriteCleanedHeld();
    }

    public void WriteAll()
    {
        lock (_gate)
        {
            Write(_recoveryPoints, static log => log.RecoveryPoint);
            Write(_logStarts, static log => log.LogStartOffset);
            Write(_highWatermarks, static log => log.HighWatermark);
            WriteCleanedHeld();
        }
    }

    /// <summary>Makes sure that no file speaks of a partition that had this name before: a new log starts without a past.</summary>
    public void Forget(TopicPartition partition)
    {
        lock (_gate)
        {
            OffsetCheckpoint[] all = [_recoveryPoints, _logStarts, _highWatermarks, _cleaned];
            if (!all.Any(each => each.Names(partition))) return;
        }

        WriteAll();
    }

    private static OffsetCheckpoint At(IStorageDevice device, LogDirectorySettings settings, string name) =>
        new(device, Path.Combine(settings.Path, name));

    // The files are replaced as a whole, so one that makes no sense was spoiled by the disk or by a hand.
    private IReadOnlyDictionary<TopicPartition, Offset> Read(OffsetCheckpoint checkpoint, string consequence)
    {
        try
        {
            return checkpoint.Read();
        }
        catch (StorageException damage)
        {
            LogDamaged(damage.Message, consequence);
            return new Dictionary<TopicPartition, Offset>();
        }
    }

    private static bool IsDue(ref TimestampMs due, TimestampMs now, long intervalMs)
    {
        if (now < due) return false;
        due = now + intervalMs;
        return true;
    }

    // Logs that were never compacted are left out, and without any other there is no file.
    private void WriteCleanedHeld()
    {
        List<(TopicPartition, Offset)> entries =
            [.. logs().Select(static log => (log.Partition, log.CompactedUpTo)).Where(static entry => entry.CompactedUpTo > Offset.Zero)];
        if (entries.Count > 0 || _cleaned.HasEntries) _cleaned.Write(entries, setAside());
    }

    private void Write(OffsetCheckpoint checkpoint, Func<PartitionLog, Offset> offsetOf) =>
        checkpoint.Write([.. logs().Select(log => (log.Partition, offsetOf(log)))], setAside());

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Damage}. The file is left out of account and written anew: {Consequence}")]
    private partial void LogDamaged(string damage, string consequence);
}
