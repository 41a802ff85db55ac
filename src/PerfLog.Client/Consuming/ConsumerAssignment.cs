namespace PerfLog.Client.Consuming;

/// <summary>
/// The partitions of one consumer and what is fetched of them. The polling thread changes and empties it, the fetching loops
/// fill it; all of it is behind one lock, which nobody holds for longer than a few steps.
/// </summary>
internal sealed class ConsumerAssignment
{
    private readonly List<PartitionState> _partitions = [];
    private int _turn;

    public Lock Lock { get; } = new();

    /// <summary>The partitions, in the order of their assignment. Behind the lock, but the polling thread may read it without.</summary>
    public IReadOnlyList<PartitionState> Partitions => _partitions;

    /// <summary>The bytes that are fetched and not handed out.</summary>
    public int FetchedBytes { get; private set; }

    /// <summary>The state of a partition; null when it is not assigned.</summary>
    public PartitionState? Find(TopicPartition partition)
    {
        foreach (PartitionState state in _partitions)
        {
            if (state.Partition == partition) return state;
        }

        return null;
    }

    /// <summary>Assigns these partitions and no others; those that were assigned before keep their positions.</summary>
    public void Replace(IEnumerable<TopicPartition> partitions)
    {
        lock (Lock)
        {
            HashSet<TopicPartition> wanted = [.. partitions];
            foreach (PartitionState state in _partitions.Where(state => !wanted.Contains(state.Partition)).ToArray())
            {
                FetchedBytes -= state.ForgetPosition(null);
                _partitions.Remove(state);
            }

            foreach (TopicPartition partition in wanted.Where(partition => Find(partition) is null))
                _partitions.Add(new PartitionState(partition));
        }
    }

    public void MoveTo(PartitionState state, OffsetPosition position)
    {
        lock (Lock) FetchedBytes -= state.MoveTo(position);
    }

    public void ForgetPosition(PartitionState state, OffsetSpec? question)
    {
        lock (Lock) FetchedBytes -= state.ForgetPosition(question);
    }

    /// <summary>Takes over a found position, unless the partition has another by now.</summary>
    public void Found(PartitionState state, OffsetPosition position)
    {
        lock (Lock)
        {
            if (state.Position is null) FetchedBytes -= state.MoveTo(position);
        }
    }

    /// <summary>Adds what was fetched; called behind the lock.</summary>
    public void Add(PartitionState state, FetchedChunk owned, OffsetPosition next)
    {
        state.Add(owned, next);
        FetchedBytes += owned.SizeBytes;
    }

    /// <summary>Hands out records of the next partitions that have some.</summary>
    /// <param name="slots">Takes them.</param>
    /// <param name="recordsMax">How many at most.</param>
    /// <returns>Whether something was taken from what is fetched, so that more may be fetched.</returns>
    public bool Read(RecordSlots slots, int recordsMax)
    {
        bool emptied = false;
        for (int count = _partitions.Count; count > 0 && slots.Count < recordsMax; count--)
        {
            PartitionState state = _partitions[_turn % _partitions.Count];
            emptied |= Read(state, slots, recordsMax);
            // A partition that filled the result alone comes first again: what it has is at hand.
            if (slots.Count < recordsMax) _turn = (_turn + 1) % _partitions.Count;
        }

        return emptied;
    }

    private bool Read(PartitionState state, RecordSlots slots, int recordsMax)
    {
        bool emptied = false;
        while (!state.IsPaused && state.Position is { } position && First(state) is { } chunk)
        {
            slots.From(state.Partition);
            int before = slots.Count;
            bool more;
            OffsetPosition next;
            try
            {
                more = chunk.Read(position, slots, recordsMax - slots.Count, out next);
            }
            catch (FormatException) when (before > 0)
            {
                // The records before it go out first; the next poll comes to it again.
                return emptied;
            }
            catch (FormatException fault)
            {
                throw new ConsumeException(ErrorCode.CorruptMessage, $"{state.Partition}, offset {position.Offset}", fault.Message, fault);
            }

            state.Advance(next);
            if (more) return emptied;
            lock (Lock) FetchedBytes -= state.DropFirst();
            emptied = true;
        }

        return emptied;
    }

    private FetchedChunk? First(PartitionState state)
    {
        lock (Lock) return state.First;
    }
}
