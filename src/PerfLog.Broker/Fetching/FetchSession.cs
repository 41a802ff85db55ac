namespace PerfLog.Broker.Fetching;

/// <summary>
/// The partitions that a client fetches again and again, kept so that its next request names only what changes. Guarded by
/// the cache's lock while it is looked up and changed; a fetch in progress has it to itself (<see cref="IsInUse"/>).
/// </summary>
internal sealed class FetchSession(int id, long createdAtMs)
{
    /// <summary>A topic known by its id has no name here: it stays the same topic when its name is no longer known.</summary>
    private readonly record struct TargetKey(string TopicName, Uuid TopicId, int Partition)
    {
        public static TargetKey Of(string topicName, Uuid topicId, int partition) =>
            new(topicId == Uuid.Zero ? topicName : "", topicId, partition);
    }

    private readonly Dictionary<TargetKey, FetchTarget> _targets = [];
    private readonly LinkedList<FetchTarget> _order = [];

    public int Id { get; } = id;

    /// <summary>The epoch that the next request must carry.</summary>
    public int NextEpoch { get; private set; } = 1;

    public long LastUsedAtMs { get; set; } = createdAtMs;

    public bool IsInUse { get; set; }

    public int TargetCount => _targets.Count;

    /// <summary>In the order of service: who was served last comes last.</summary>
    public LinkedList<FetchTarget> Order => _order;

    /// <summary>Epochs go from 1 to the largest int and then to 1 again.</summary>
    public void AdvanceEpoch() => NextEpoch = NextEpoch == int.MaxValue ? 1 : NextEpoch + 1;

    /// <summary>The target of a partition, made if it is new.</summary>
    public FetchTarget TargetFor(string topicName, Uuid topicId, int partition)
    {
        TargetKey key = TargetKey.Of(topicName, topicId, partition);
        if (_targets.TryGetValue(key, out FetchTarget? target)) return target;
        target = new FetchTarget { TopicName = topicName, TopicId = topicId, PartitionIndex = partition };
        target.SessionNode = _order.AddLast(target);
        _targets.Add(key, target);
        return target;
    }

    public void Forget(string topicName, Uuid topicId, int partition)
    {
        if (_targets.Remove(TargetKey.Of(topicName, topicId, partition), out FetchTarget? target)) _order.Remove(target.SessionNode!);
    }

    /// <summary>Who got bytes goes to the end, so that every partition's turn comes however small the answers are.</summary>
    public void MoveToEnd(FetchTarget target)
    {
        _order.Remove(target.SessionNode!);
        _order.AddLast(target.SessionNode!);
    }
}
