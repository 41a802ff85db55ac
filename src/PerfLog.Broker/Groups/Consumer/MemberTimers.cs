namespace PerfLog.Broker.Groups;

/// <summary>Sets the deadlines of a consumer group's members, and says which one passed. Its group's lock guards it.</summary>
internal sealed class MemberTimers(ConsumerMembers members)
{
    /// <summary>The times of the group; those of its own settings may differ from the broker's.</summary>
    public required ConsumerGroupSettings Settings { get; set; }

    /// <summary>The member was heard of. Nobody need look earlier for that.</summary>
    public void Seen(ConsumerMember member, Moment now) => member.SessionDeadlineTick = now.TickMs + SessionTimeoutMsOf(member);

    /// <summary>The member has its rebalance timeout for what it has to do now.</summary>
    public void Demand(ConsumerMember member, Moment now)
    {
        member.DutyDeadlineTick = member.RebalanceTimeoutMs >= 0 ? now.TickMs + member.RebalanceTimeoutMs : Moment.Never;
        members.NoteDeadline(member);
    }

    /// <summary>The member has come to another state, and only has to do something if it has yet to give up partitions.</summary>
    public void Restart(ConsumerMember member, Moment now)
    {
        member.DutyDeadlineTick = Moment.Never;
        if (member.State == ConsumerMemberState.UnrevokedPartitions) Demand(member, now);
    }

    public string WhyOverdue(ConsumerMember member, Moment now) => member.SessionDeadlineTick <= now.TickMs
        ? $"{member.Id} was not heard of for {SessionTimeoutMsOf(member)} ms"
        : $"{member.Id} did not do its part within {member.RebalanceTimeoutMs} ms";

    private int SessionTimeoutMsOf(ConsumerMember member) => member.Classic?.SessionTimeoutMs ?? Settings.SessionTimeoutMs;
}
