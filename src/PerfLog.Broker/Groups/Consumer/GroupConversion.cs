namespace PerfLog.Broker.Groups;

/// <summary>
/// Makes a group without members one of another protocol; what it was is forgotten with the first change of what it becomes,
/// its offsets stay. The group's lock is held.
/// </summary>
internal static class GroupConversion
{
    public static void TryToConsumer(Group group, GroupSettings settings)
    {
        if (group.Membership is not ClassicGroup { IsEmpty: true, IsDead: false } former) return;
        group.Membership = new ConsumerGroup(group.Id, settings.Consumer, former.Tombstones());
    }

    public static void TryToClassic(Group group, GroupSettings settings)
    {
        if (group.Membership is not ConsumerGroup { IsEmpty: true, IsDead: false } former) return;
        var members = new ClassicGroup(group.Id, settings.Classic);
        GroupRecord[] tombstones = [.. former.Tombstones()];
        group.Membership = members;
        members.Write(new GroupWrite(tombstones));
    }
}
