namespace PerfLog.Client.Producing;

/// <summary>The batches that were begun between two flushes.</summary>
internal sealed class FlushGeneration
{
    private TaskCompletionSource? _done;

    public int Outstanding { get; set; }

    public TaskCompletionSource Done => _done ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>
/// Knows when all that was sent before a flush is resolved. Any thread may call it. Batches resolve in any order, so each
/// belongs to a generation, and a flush waits for its own and all before it.
/// </summary>
internal sealed class FlushGate
{
    private readonly Lock _lock = new();
    private readonly Queue<FlushGeneration> _closed = new();
    private FlushGeneration _current = new();

    /// <summary>Counts a new batch.</summary>
    public FlushGeneration Enter()
    {
        lock (_lock)
        {
            _current.Outstanding++;
            return _current;
        }
    }

    /// <summary>Counts a batch that comes from one of an earlier generation, which is still counted itself.</summary>
    public void Join(FlushGeneration generation)
    {
        lock (_lock) generation.Outstanding++;
    }

    public void Leave(FlushGeneration generation)
    {
        lock (_lock)
        {
            generation.Outstanding--;
            while (_closed.TryPeek(out FlushGeneration? oldest) && oldest.Outstanding == 0)
            {
                _closed.Dequeue();
                oldest.Done.TrySetResult();
            }
        }
    }

    /// <summary>Completes when every batch begun so far is resolved.</summary>
    public Task WaitAsync()
    {
        lock (_lock)
        {
            if (_current.Outstanding == 0 && _closed.Count == 0) return Task.CompletedTask;
            FlushGeneration closing = _current;
            _closed.Enqueue(closing);
            _current = new FlushGeneration();
            // An older one may be waited for although this one is empty: then it is done right behind it.
            return closing.Done.Task;
        }
    }
}
