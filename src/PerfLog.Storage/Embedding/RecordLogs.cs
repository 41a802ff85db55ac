using System.Collections.Concurrent;

namespace PerfLog.Storage;

/// <summary>The record logs that are open in a directory, and the memory that they share. Owned by the directory; any thread.</summary>
internal sealed class RecordLogs(LogDirectory directory, LogDirectoryOptions options, Random random) : IAsyncDisposable
{
    private readonly BatchBlocks _blocks = new(options.BatchBytes, options.BufferBytes);
    private readonly ConcurrentDictionary<TopicPartition, RecordLog> _open = new();
    private readonly Lock _opening = new();
    private readonly DirectoryUpkeep _upkeep = new(directory, options, random);

    public RecordLog Open(TopicPartition partition, LogOptions? wanted)
    {
        if (!TopicName.TryValidate(partition.Topic, out string? problem)) throw new ArgumentException($"The log's name \"{partition.Topic}\" {problem}.");
        ArgumentOutOfRangeException.ThrowIfNegative(partition.Partition);
        LogOptions settings = wanted ?? options.LogOptionsFor(partition);
        LogOptionsRules.Require(settings);
        lock (_opening)
        {
            if (_open.TryGetValue(partition, out RecordLog? open)) return open;
            if (directory.TryGet(partition, out PartitionLog? found)) found.Options = settings;
            else found = directory.Create(partition, NewId(), settings);

            // All that a single owner has written is committed.
            found.AdvanceHighWatermark(found.EndOffset);
            return _open[partition] = new RecordLog(found, _blocks, _upkeep);
        }
    }

    public void Forget(RecordLog log) => _open.TryRemove(KeyValuePair.Create(log.Partition, log));

    public void EndDeleted(TopicPartition partition)
    {
        if (_open.TryRemove(partition, out RecordLog? log)) log.End();
    }

    /// <summary>The directory failed: nobody waits for it any longer.</summary>
    public void EndAll()
    {
        foreach (KeyValuePair<TopicPartition, RecordLog> log in _open) log.Value.End();
    }

    public async ValueTask DisposeAsync()
    {
        await _upkeep.DisposeAsync();
        foreach (KeyValuePair<TopicPartition, RecordLog> log in _open) await log.Value.DisposeAsync();
    }

    private Uuid NewId()
    {
        lock (random) return Uuid.NewRandom(random);
    }
}
