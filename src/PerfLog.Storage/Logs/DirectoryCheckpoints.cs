namespace PerfLog.Storage;

/// <summary>The four offset files of a log directory, each written when its time has come. Any thread.</summary>
internal sealed class DirectoryCheckpoints(IStorageDevice device, LogDirectorySettings settings, Func<IEnumerable<PartitionLog>> logs)
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
        IReadOnlyDictionary<TopicPartition, Offset> recoveryPoints = _recoveryPoints.Read();
        IReadOnlyDictionary<TopicPartition, Offset> starts = _logStarts.Read();
        IReadOnlyDictionary<TopicPartition, Offset> highWatermarks = _highWatermarks.Read();
        IReadOnlyDictionary<TopicPartition, Offset> cleaned = _cleaned.Read();
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
        if (entries.Count > 0 || _cleaned.HasEntries) _cleaned.Write(entries);
    }

    private void Write(OffsetCheckpoint checkpoint, Func<PartitionLog, Offset> offsetOf) =>
        checkpoint.Write([.. logs().Select(log => (log.Partition, offsetOf(log)))]);
}
