namespace PerfLog.Broker.Groups;

/// <summary>
/// One group: its members and its committed offsets. Any thread may have it; whoever looks inside or changes something
/// holds <see cref="Gate"/>, never over an await.
/// </summary>
internal sealed class Group(string id, OffsetsPartition home, GroupMembership membership)
{
    private static long groups;

    /// <summary>No other group of this process has it, deleted ones of the same id included.</summary>
    public long Number { get; } = Interlocked.Increment(ref groups);

    public string Id { get; } = id;

    /// <summary>Where its records are.</summary>
    public OffsetsPartition Home { get; } = home;

    public Lock Gate { get; } = new();

    /// <summary>An empty group may go over to another protocol.</summary>
    public GroupMembership Membership { get; set; } = membership;

    public GroupOffsets Offsets { get; } = new();

    /// <summary>When the group is looked at next; only <see cref="GroupTimers"/> touches it.</summary>
    internal long ScheduledTick { get; set; } = Moment.Never;
}
