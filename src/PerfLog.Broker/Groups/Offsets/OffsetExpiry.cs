namespace PerfLog.Broker.Groups;

/// <summary>
/// Which offsets nobody needs any more. A group's offsets live as long as it has members that read the topic, and then for
/// the retention time. All methods are pure; the group's lock is held.
/// </summary>
internal static class OffsetExpiry
{
    public static IEnumerable<TopicPartition> Expired(Group group, long retentionMs, TimestampMs now) =>
        group.Offsets.All
            .Where(entry => IsExpired(group.Membership, entry.Key.Topic, entry.Value, retentionMs, now))
            .Select(static entry => entry.Key);

    private static bool IsExpired(GroupMembership membership, string topic, in CommittedOffset offset, long retentionMs, TimestampMs now)
    {
        if (membership.IsDead || membership.IsSubscribedTo(topic) is not false) return false;

        // An old client has said itself how long.
        if (offset.ExpiresAt != TimestampMs.None) return now >= offset.ExpiresAt;
        TimestampMs unused = offset.CommittedAt;
        if (membership.EmptySince is { } since && since > unused) unused = since;
        return now >= unused + retentionMs;
    }
}
