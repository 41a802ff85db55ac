using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using PerfLog.Broker.Partitions;
using PerfLog.Replication;

namespace PerfLog.Broker.Groups;

/// <summary>
/// A partition of the offsets' topic that this broker leads, with the groups whose records it holds. Made anew whenever the
/// broker begins to lead it. Any thread may call it.
/// </summary>
internal sealed class OffsetsPartition(HostedTopic topic, Partition partition)
{
    private readonly ConcurrentDictionary<string, Group> _groups = new(StringComparer.Ordinal);
    private volatile ErrorCode _availability = ErrorCode.CoordinatorLoadInProgress;

    public Partition Partition { get; } = partition;

    public HostedTopic Topic { get; } = topic;

    public int Index => Partition.Id.Partition;

    /// <summary>The leadership under which it is led.</summary>
    public LeaderEpoch Epoch { get; } = partition.Leadership.Epoch;

    /// <summary>None once the groups are there; what to answer clients while they are not, or are no longer.</summary>
    public ErrorCode Availability => _availability;

    public bool IsClosed => _availability == ErrorCode.NotCoordinator;

    public IEnumerable<Group> Groups => _groups.Values;

    public int GroupCount => _groups.Count;

    public bool TryFind(ReadOnlySpan<char> id, [NotNullWhen(true)] out Group? group) =>
        _groups.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(id, out group);

    public Group GetOrAdd(string id, Func<string, GroupMembership> createMembership) =>
        _groups.TryGetValue(id, out Group? known) ? known : _groups.GetOrAdd(id, new Group(id, this, createMembership(id)));

    public void Remove(Group group) => _groups.TryRemove(KeyValuePair.Create(group.Id, group));

    /// <summary>The groups are all there: clients may come.</summary>
    /// <returns>False when the partition was taken away meanwhile.</returns>
    public bool Open() =>
        Interlocked.CompareExchange(ref _availability, ErrorCode.None, ErrorCode.CoordinatorLoadInProgress) == ErrorCode.CoordinatorLoadInProgress;

    /// <summary>Another broker leads the partition now, or this one stops. Whoever waits for a group is sent away.</summary>
    public void Close()
    {
        _availability = ErrorCode.NotCoordinator;
        foreach (Group group in _groups.Values)
        {
            lock (group.Gate) group.Membership.Kill(ErrorCode.NotCoordinator);
        }
    }
}
