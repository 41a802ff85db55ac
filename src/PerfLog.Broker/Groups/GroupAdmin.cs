namespace PerfLog.Broker.Groups;

/// <summary>What administrators do with groups. Any thread may call it.</summary>
internal sealed class GroupAdmin(GroupCoordinator coordinator)
{
    private readonly OffsetRemoval _removal = new(coordinator);

    /// <summary>Deletes a group without members, its offsets included.</summary>
    public async ValueTask<ErrorCode> DeleteAsync(string groupId)
    {
        ErrorCode error = coordinator.TryFind(groupId, out Group? group);
        if (error != ErrorCode.None) return error;
        if (group is null) return ErrorCode.GroupIdNotFound;
        lock (group.Gate)
        {
            if (group.Membership.IsDead) return ErrorCode.GroupIdNotFound;
            if (!group.Membership.IsEmpty) return ErrorCode.NonEmptyGroup;
        }

        // Somebody may join meanwhile; then the offsets are gone but the group is not.
        error = await _removal.RemoveAsync(group, static emptied => emptied.Membership.IsEmpty ? emptied.Offsets.All.Select(static entry => entry.Key) : []);
        return error == ErrorCode.None ? await _removal.ForgetAsync(group) : error;
    }

    /// <summary>Whether anything of a group's offsets may be removed.</summary>
    public ErrorCode TryFindForOffsets(string groupId, out Group? group)
    {
        ErrorCode error = coordinator.TryFind(groupId, out group);
        if (error != ErrorCode.None) return error;
        if (group is null) return ErrorCode.GroupIdNotFound;
        lock (group.Gate)
        {
            if (group.Membership.IsDead) return ErrorCode.GroupIdNotFound;

            // What other kinds of members read is not known here, so that nothing can be said to be unused.
            bool isOpen = group.Membership.IsEmpty || group.Membership.ProtocolType == ConsumerSubscription.ProtocolType;
            return isOpen ? ErrorCode.None : ErrorCode.NonEmptyGroup;
        }
    }

    /// <summary>Whether members read the topic, so that its offsets must stay.</summary>
    public static bool IsInUse(Group group, string topic)
    {
        lock (group.Gate) return group.Membership.IsSubscribedTo(topic) is not false;
    }

    public ValueTask<ErrorCode> RemoveAsync(Group group, IReadOnlySet<TopicPartition> partitions) => _removal.RemoveAsync(
        group,
        chosen => from partition in partitions
                  where chosen.Offsets.TryGet(partition, out _) && chosen.Membership.IsSubscribedTo(partition.Topic) is false
                  select partition);
}
