using PerfLog.Client.Admin;

namespace PerfLog.Server.Groups;

/// <summary>The partitions that a group has committed to or reads, in order, with the commit and the member of each.</summary>
internal sealed class GroupPositions
{
    private readonly Dictionary<TopicPartition, Offset> _committed;
    private readonly Dictionary<TopicPartition, GroupMember> _owners = [];

    public GroupPositions(GroupDescription group, IEnumerable<GroupOffset> committed)
    {
        _committed = committed.ToDictionary(static offset => offset.Partition, static offset => offset.Offset);
        foreach (GroupMember member in group.Members)
        {
            foreach (TopicPartition partition in member.Assignment) _owners[partition] = member;
        }

        Partitions = [.. _committed.Keys.Union(_owners.Keys)
            .OrderBy(static partition => partition.Topic, StringComparer.Ordinal).ThenBy(static partition => partition.Partition)];
    }

    public IReadOnlyList<TopicPartition> Partitions { get; }

    /// <summary>The next record that the group wants; none when it has committed nothing.</summary>
    public Offset Committed(TopicPartition partition) => _committed.GetValueOrDefault(partition, Offset.None);

    public GroupMember? OwnerOf(TopicPartition partition) => _owners.GetValueOrDefault(partition);

    /// <summary>The partitions of which there are records that the group has still to read.</summary>
    public IEnumerable<TopicPartition> Behind(IReadOnlyDictionary<TopicPartition, Offset> ends) =>
        _committed.Where(entry => ends.TryGetValue(entry.Key, out Offset end) && entry.Value < end).Select(static entry => entry.Key);
}
