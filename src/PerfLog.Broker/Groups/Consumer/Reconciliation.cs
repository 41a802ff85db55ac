namespace PerfLog.Broker.Groups;

/// <summary>
/// Brings a member one step closer to its target: first it gives up what it is not to keep, then it gets what others have given
/// up, and with that comes to the assignment's epoch. Works on the member and the group's owners alone.
/// </summary>
internal static class Reconciliation
{
    /// <param name="member">The member; it has just been heard of.</param>
    /// <param name="assignmentEpoch">The epoch that its target belongs to.</param>
    /// <param name="owned">What the member says it has; null when it does not say.</param>
    /// <param name="owners">Who has what; kept current.</param>
    /// <returns>True when anything about the member changed.</returns>
    public static bool Advance(ConsumerMember member, int assignmentEpoch, PartitionSet? owned, PartitionOwners owners)
    {
        bool isBlocked = member.State switch
        {
            ConsumerMemberState.Stable => member.Epoch == assignmentEpoch,
            ConsumerMemberState.UnrevokedPartitions => StillHas(owned, member.PendingRevocation),
            _ => false,
        };
        if (isBlocked) return false;

        PartitionSet kept = member.Assigned.Intersect(member.Target);
        PartitionSet revoked = member.Assigned.Except(kept);
        if (!revoked.IsEmpty && StillHas(owned, revoked))
        {
            return Become(member, owners, ConsumerMemberState.UnrevokedPartitions, member.Epoch, kept, revoked);
        }

        PartitionSet missing = member.Target.Except(kept);
        PartitionSet free = missing.Where(partition => owners.IsFreeFor(partition, member));
        ConsumerMemberState state =
            free.Count < missing.Count ? ConsumerMemberState.UnreleasedPartitions : ConsumerMemberState.Stable;
        return Become(member, owners, state, assignmentEpoch, kept.Union(free), PartitionSet.Empty);
    }

    /// <summary>A member that says nothing about what it has still has it.</summary>
    private static bool StillHas(PartitionSet? owned, PartitionSet revoked) => owned is null || owned.Overlaps(revoked);

    private static bool Become(
        ConsumerMember member, PartitionOwners owners, ConsumerMemberState state, int epoch, PartitionSet assigned, PartitionSet pending)
    {
        if (state == member.State && epoch == member.Epoch && assigned.Equals(member.Assigned) && pending.Equals(member.PendingRevocation))
            return false;
        owners.Release(member);
        if (epoch != member.Epoch) (member.PreviousEpoch, member.Epoch) = (member.Epoch, epoch);
        member.State = state;
        member.Assigned = assigned;
        member.PendingRevocation = pending;
        owners.Take(member);
        return true;
    }
}
