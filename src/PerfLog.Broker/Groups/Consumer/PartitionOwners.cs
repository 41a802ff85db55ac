namespace PerfLog.Broker.Groups;

/// <summary>
/// Which member has each partition of a group, counting what it has yet to give up. A partition has one owner at a time: that is
/// the promise of the whole protocol, so breaking it is an exception.
/// </summary>
internal sealed class PartitionOwners
{
    private readonly Dictionary<TopicIdPartition, ConsumerMember> _owners = [];

    public int Count => _owners.Count;

    public ConsumerMember? Of(TopicIdPartition partition) => _owners.GetValueOrDefault(partition);

    /// <summary>Whether the member may be given the partition now.</summary>
    public bool IsFreeFor(TopicIdPartition partition, ConsumerMember member) =>
        !_owners.TryGetValue(partition, out ConsumerMember? owner) || owner == member;

    /// <summary>The member has everything that is assigned to it or pending.</summary>
    public void Take(ConsumerMember member)
    {
        Take(member, member.Assigned);
        Take(member, member.PendingRevocation);
    }

    /// <summary>The member has nothing any more.</summary>
    public void Release(ConsumerMember member)
    {
        Release(member, member.Assigned);
        Release(member, member.PendingRevocation);
    }

    private void Take(ConsumerMember member, PartitionSet partitions)
    {
        foreach (TopicIdPartition partition in partitions.Sorted)
        {
            if (_owners.TryAdd(partition, member) || _owners[partition] == member) continue;
            throw new InvalidOperationException(
                $"{partition} was given to {member.Id} while {_owners[partition].Id} had it.");
        }
    }

    private void Release(ConsumerMember member, PartitionSet partitions)
    {
        foreach (TopicIdPartition partition in partitions.Sorted)
        {
            if (_owners.TryGetValue(partition, out ConsumerMember? owner) && owner == member) _owners.Remove(partition);
        }
    }
}
