using PerfLog.Broker.Groups;

namespace PerfLog.Broker.Tests.Groups.Consumer;

/// <summary>What must hold of a consumer group and its members at every moment.</summary>
internal static class GroupInvariants
{
    /// <summary>Says what does not hold; null when all does.</summary>
    public static string? Violation(ConsumerGroup group, IEnumerable<ScriptedMember> clients)
    {
        var owners = new Dictionary<TopicIdPartition, string>();
        foreach (ConsumerMember member in group.Members.All)
        {
            foreach (TopicIdPartition partition in member.Assigned.Union(member.PendingRevocation).Sorted)
                if (!owners.TryAdd(partition, member.Id)) return $"{partition} is both {owners[partition]}'s and {member.Id}'s";
            if (member.Assigned.Overlaps(member.PendingRevocation)) return $"{member.Id} keeps what it gives up";
        }

        foreach (ScriptedMember client in clients)
        {
            // Who was taken for dead learns it with its next heartbeat; the broker cannot know what it still has.
            if (group.Members.Find(client.Id) is not { IsAway: false } || client.Epoch == ConsumerMember.JoinEpoch) continue;
            foreach (TopicIdPartition partition in client.Owned.Sorted)
                if (owners.GetValueOrDefault(partition) != client.Id) return $"{client.Id} has {partition}, which is {owners.GetValueOrDefault(partition)}'s";
        }

        return null;
    }

    /// <summary>Two groups that no member could tell apart.</summary>
    public static void AssertSame(ConsumerGroup expected, ConsumerGroup actual)
    {
        Assert.Equal(Describe(expected), Describe(actual));
    }

    private static string Describe(ConsumerGroup group) =>
        $"{group.Epoch} {group.AssignmentEpoch} {group.MetadataHash}\n" + string.Join("\n", group.Members.All
            .OrderBy(static member => member.Id, StringComparer.Ordinal)
            .Select(static member => string.Join(
                '|',
                member.Id, member.InstanceId, member.RackId, member.RebalanceTimeoutMs, string.Join(',', member.TopicNames), member.TopicRegex,
                member.ServerAssignor, Describe(member.Classic), member.Epoch, member.PreviousEpoch, member.State, member.Target, member.Assigned, member.PendingRevocation)));

    private static string Describe(ClassicSide? classic) => classic is null ? "" : $"{classic.SessionTimeoutMs} " + string.Join(
        ',', classic.Protocols.Select(static protocol => $"{protocol.Name}={Convert.ToHexString(protocol.Metadata)}"));
}
