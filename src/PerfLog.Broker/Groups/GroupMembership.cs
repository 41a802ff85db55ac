namespace PerfLog.Broker.Groups;

/// <summary>
/// The members of a group and how they come to their partitions: one type for each group protocol. A plain state machine:
/// it has no clock, no thread and no disk, each call says what time it is, and what is to be written it only asks for.
/// Its group's lock guards every member.
/// </summary>
internal abstract class GroupMembership
{
    private readonly Queue<GroupWrite> _writes = [];

    /// <summary>The group's type as ListGroups names it.</summary>
    public abstract string Type { get; }

    /// <summary>The state as ListGroups names it.</summary>
    public abstract string StateName { get; }

    /// <summary>"consumer" and others; empty for a group that never had members.</summary>
    public abstract string ProtocolType { get; }

    /// <summary>Without members, so that its offsets may be set and removed by anybody.</summary>
    public abstract bool IsEmpty { get; }

    /// <summary>It was deleted or has moved to another broker: nothing can be done with it any more.</summary>
    public abstract bool IsDead { get; }

    /// <summary>Since when the group has been empty; null when it is not, or never had members.</summary>
    public abstract TimestampMs? EmptySince { get; }

    /// <summary>When <see cref="Tick"/> has something to do next; <see cref="Moment.Never"/> when nothing is planned.</summary>
    public abstract long NextDeadlineTick { get; }

    /// <summary>What the group has become, to be put in this one's place; null while this one holds.</summary>
    public virtual GroupMembership? Successor => null;

    /// <summary>Does what is due: sessions that ended, rebalances that took too long.</summary>
    public abstract void Tick(Moment now);

    /// <summary>Whether whoever sent this commit may commit; a member shows by it that it lives.</summary>
    public abstract ErrorCode CheckCommit(MemberClaim claim, Moment now);

    /// <summary>Whether whoever sent this may read the offsets.</summary>
    public abstract ErrorCode CheckFetch(MemberClaim claim);

    /// <summary>Whether the offsets of the topic are in use, so that they neither expire nor may be deleted.</summary>
    /// <returns>Null when it cannot be told; then all of them are.</returns>
    public abstract bool? IsSubscribedTo(string topic);

    /// <summary>Ends the group; whoever waits for an answer gets this error.</summary>
    public abstract void Kill(ErrorCode error);

    /// <summary>The tombstones that make a reader of the offsets' topic forget the members.</summary>
    public abstract IEnumerable<GroupRecord> Tombstones();

    /// <summary>What must be written next; false when nothing is asked for.</summary>
    public bool TryTakeWrite([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out GroupWrite? write) => _writes.TryDequeue(out write);

    protected void AskFor(GroupWrite write) => _writes.Enqueue(write);
}
