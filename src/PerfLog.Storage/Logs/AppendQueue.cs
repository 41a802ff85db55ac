namespace PerfLog.Storage;

/// <summary>
/// Decides who writes: the first to come becomes the writer, the others queue up and are written by it. Any thread. The
/// writer takes groups until none waits, so no append is left behind.
/// </summary>
internal sealed class AppendQueue
{
    private const int FreeMax = 256;

    private readonly Lock _gate = new();
    private readonly Queue<AppendWaiter> _waiting = [];
    private readonly Stack<AppendWaiter> _free = [];
    private bool _hasWriter;

    /// <summary>What became of an append that came to the queue.</summary>
    public enum Entry
    {
        /// <summary>The caller writes, and then takes groups until there is none.</summary>
        Writer,

        /// <summary>The writer will do it.</summary>
        Waiting,

        /// <summary>Too many wait.</summary>
        Full,
    }

    public Entry Enter(Memory<byte> batch, LeaderEpoch epoch, int waitingMax, out ValueTask<AppendResult> result)
    {
        result = default;
        lock (_gate)
        {
            if (!_hasWriter)
            {
                _hasWriter = true;
                return Entry.Writer;
            }

            if (_waiting.Count >= waitingMax) return Entry.Full;
            AppendWaiter waiter = _free.Count > 0 ? _free.Pop() : new AppendWaiter(this);
            result = waiter.Start(batch, epoch);
            _waiting.Enqueue(waiter);
            return Entry.Waiting;
        }
    }

    /// <summary>Moves the next appends to an empty list; when none waits, the caller is the writer no more.</summary>
    public bool TryTakeGroup(List<AppendWaiter> group, int groupMax)
    {
        lock (_gate)
        {
            while (group.Count < groupMax && _waiting.TryDequeue(out AppendWaiter? waiter)) group.Add(waiter);
            if (group.Count == 0) _hasWriter = false;
            return group.Count > 0;
        }
    }

    public void GiveBack(AppendWaiter waiter)
    {
        lock (_gate)
        {
            if (_free.Count < FreeMax) _free.Push(waiter);
        }
    }
}
