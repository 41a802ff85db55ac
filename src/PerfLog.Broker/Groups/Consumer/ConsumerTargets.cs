namespace PerfLog.Broker.Groups;

/// <summary>Computes what the members of a consumer group are to have. Pure but for the members' targets.</summary>
internal static class ConsumerTargets
{
    /// <summary>Gives all members their targets.</summary>
    /// <returns>The members whose target is another than before.</returns>
    public static List<ConsumerMember> Compute(ConsumerMembers members, ConsumerSubscriptions subscriptions, ConsumerGroupSettings settings)
    {
        ConsumerMember[] sorted = [.. members.All.OrderBy(static member => member.Id, StringComparer.Ordinal)];
        var shared = new Dictionary<string, Uuid[]>(StringComparer.Ordinal);
        var input = new AssignmentInput(
            Array.ConvertAll(sorted, member => new AssignorMember(TopicsOf(member, subscriptions, shared), member.Target)),
            subscriptions.Topics.Values.ToDictionary(static topic => topic.Id, static topic => topic.Partitions));
        PartitionSet[] targets = AssignorOf(members, settings).Assign(input);

        var changed = new List<ConsumerMember>();
        for (int place = 0; place < sorted.Length; place++)
        {
            if (targets[place].Equals(sorted[place].Target)) continue;
            sorted[place].Target = targets[place];
            changed.Add(sorted[place]);
        }

        return changed;
    }

    /// <summary>The one that most members ask for; the broker's first where none asks.</summary>
    public static IGroupAssignor AssignorOf(ConsumerMembers members, ConsumerGroupSettings settings)
    {
        string? wanted = members.All.Where(static member => member.ServerAssignor is not null).GroupBy(static member => member.ServerAssignor)
            .OrderByDescending(static votes => votes.Count()).ThenBy(static votes => votes.Key, StringComparer.Ordinal).FirstOrDefault()?.Key;
        return settings.Assignors.FirstOrDefault(assignor => assignor.Name == wanted) ?? settings.Assignors[0];
    }

    /// <summary>Most groups have one subscription, which is then looked up once, not for each member.</summary>
    private static Uuid[] TopicsOf(ConsumerMember member, ConsumerSubscriptions subscriptions, Dictionary<string, Uuid[]> shared)
    {
        // No topic's name has either character.
        string subscription = $"{string.Join(',', member.TopicNames)} {member.TopicRegex}";
        if (!shared.TryGetValue(subscription, out Uuid[]? topics)) shared.Add(subscription, topics = subscriptions.TopicsOf(member));
        return topics;
    }
}
