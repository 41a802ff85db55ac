namespace PerfLog.Broker.Groups;

/// <summary>The members of a consumer group, by id and by instance, and when the next of them is to be looked after.</summary>
internal sealed class ConsumerMembers
{
    private readonly Dictionary<string, ConsumerMember> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ConsumerMember> _byInstance = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ConsumerMember>.AlternateLookup<ReadOnlySpan<char>> _byIdSpan;
    private readonly Dictionary<string, ConsumerMember>.AlternateLookup<ReadOnlySpan<char>> _byInstanceSpan;

    public ConsumerMembers()
    {
        _byIdSpan = _byId.GetAlternateLookup<ReadOnlySpan<char>>();
        _byInstanceSpan = _byInstance.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public int Count => _byId.Count;

    public IReadOnlyCollection<ConsumerMember> All => _byId.Values;

    /// <summary>
    /// Never later than the first deadline of all members. Heartbeats only put deadlines off, so it is found anew when it has
    /// come, not with every heartbeat.
    /// </summary>
    public long NextDeadlineTick { get; private set; } = Moment.Never;

    public ConsumerMember? Find(ReadOnlySpan<char> id) => _byIdSpan.TryGetValue(id, out ConsumerMember? member) ? member : null;

    public ConsumerMember? FindStatic(ReadOnlySpan<char> instanceId) =>
        _byInstanceSpan.TryGetValue(instanceId, out ConsumerMember? member) ? member : null;

    public void Add(ConsumerMember member)
    {
        _byId.Add(member.Id, member);
        if (member.InstanceId is { } instance) _byInstance[instance] = member;
        NoteDeadline(member);
    }

    public void Remove(ConsumerMember member)
    {
        _byId.Remove(member.Id);
        if (member.InstanceId is { } instance && _byInstance.GetValueOrDefault(instance) == member) _byInstance.Remove(instance);
    }

    public void Clear()
    {
        _byId.Clear();
        _byInstance.Clear();
        NextDeadlineTick = Moment.Never;
    }

    public void NoteDeadline(ConsumerMember member) => NextDeadlineTick = Math.Min(NextDeadlineTick, member.DeadlineTick);

    /// <summary>The members whose time is over; the next deadline is found anew.</summary>
    public List<ConsumerMember> TakeOverdue(long tickMs)
    {
        var overdue = new List<ConsumerMember>();
        NextDeadlineTick = Moment.Never;
        foreach (ConsumerMember member in _byId.Values)
        {
            if (member.DeadlineTick <= tickMs) overdue.Add(member);
            else NoteDeadline(member);
        }

        return overdue;
    }
}
