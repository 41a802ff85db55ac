using Microsoft.Extensions.Logging;

namespace PerfLog.Broker.Groups;

/// <summary>
/// Reads groups back from their partitions of the offsets' topic, in the background and a few partitions at one time.
/// Owned by the coordinator.
/// </summary>
internal sealed partial class OffsetsLoader(
    GroupSettings settings, GroupRuntime runtime, Action<OffsetsPartition> loaded, TimeProvider time, ILogger logger)
    : IAsyncDisposable, IThreadPoolWorkItem
{
    private readonly int _threadsMax = Math.Max(1, Environment.ProcessorCount);
    private readonly Lock _gate = new();
    private readonly Queue<OffsetsPartition> _waiting = [];
    private TaskCompletionSource? _idle;
    private int _threads;
    private volatile bool _isStopping;

    /// <summary>Loads the partition's groups and opens it for clients. Returns at once.</summary>
    public void Load(OffsetsPartition home)
    {
        lock (_gate)
        {
            if (_isStopping) return;
            _waiting.Enqueue(home);
            if (_threads >= _threadsMax) return;
            _threads++;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public async ValueTask DisposeAsync()
    {
        Task idle;
        lock (_gate)
        {
            _isStopping = true;
            _waiting.Clear();
            if (_threads == 0) return;
            _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            idle = _idle.Task;
        }

        await idle;
    }

    void IThreadPoolWorkItem.Execute()
    {
        while (TryTakeNext() is { } home) Run(home);
    }

    private OffsetsPartition? TryTakeNext()
    {
        lock (_gate)
        {
            if (_waiting.TryDequeue(out OffsetsPartition? home)) return home;
            _threads--;
            if (_threads == 0) _idle?.TrySetResult();
            return null;
        }
    }

    private void Run(OffsetsPartition home)
    {
        long startedAt = time.GetTimestamp();
        try
        {
            using var load = new OffsetsLoad(home, settings, runtime);
            load.Run(() => _isStopping || home.IsClosed);
            if (home.Availability == ErrorCode.None) loaded(home);
            if (load.RecordsRead > 0)
                LogLoaded(home.Partition.Id, home.GroupCount, load.RecordsRead, (long)time.GetElapsedTime(startedAt).TotalMilliseconds);
        }
        catch (Exception error)
        {
            // The partition stays closed to clients; they go on asking until it is led anew.
            LogNotLoaded(error, home.Partition.Id);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Loaded {Groups} groups from {Partition}: {Records} records in {Milliseconds} ms")]
    private partial void LogLoaded(TopicPartition partition, int groups, long records, long milliseconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "The groups of {Partition} could not be loaded")]
    private partial void LogNotLoaded(Exception error, TopicPartition partition);
}
