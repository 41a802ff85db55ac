namespace PerfLog.Client.Groups;

/// <summary>A partition by its topic's id, as a coordinator that assigns names it.</summary>
internal readonly record struct TopicIdPartition(Uuid Topic, int Partition);

/// <summary>What a member tells the coordinator that assigns. Immutable; a part that is another object has changed.</summary>
/// <param name="Topics">The topics it subscribes to by what the member knows, sorted; also those that match its pattern.</param>
/// <param name="Pattern">The pattern, where the coordinator may match it itself.</param>
/// <param name="Owned">The partitions that it has.</param>
internal sealed record MemberWord(string[] Topics, string? Pattern, TopicIdPartition[] Owned)
{
    public static readonly MemberWord Nothing = new([], null, []);
}
