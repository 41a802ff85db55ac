using PerfLog.Client.Admin;

namespace PerfLog.Server.Groups;

/// <summary>A group with how far it has come.</summary>
internal sealed record DescribedGroup(GroupDescription Group, IReadOnlyList<PartitionProgress> Progress)
{
    public static async Task<IReadOnlyList<DescribedGroup>> ReadAsync(AdminClient client, string[] names, CancellationToken cancellation)
    {
        if (names.Length == 0) names = [.. (await client.ListGroupsAsync(cancellation)).Select(static group => group.GroupId)];
        IReadOnlyList<GroupDescription> groups = (await client.DescribeGroupsAsync(names, null, cancellation)).All();
        IReadOnlyList<IReadOnlyList<PartitionProgress>> progress =
            await new GroupProgress(client, TimeProvider.System).OfAsync(groups, cancellation);
        return [.. groups.Zip(progress, static (group, rows) => new DescribedGroup(group, rows))];
    }
}
