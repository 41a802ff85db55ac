using PerfLog.Client.Admin;

namespace PerfLog.Server.Groups;

/// <summary>A group with how far it has come.</summary>
internal sealed record DescribedGroup(GroupDescription Group, IReadOnlyList<PartitionProgress> Progress)
{
    public static async Task<IReadOnlyList<DescribedGroup>> ReadAsync(AdminClient client, string[] names, CancellationToken cancellation)
    {
        if (names.Length == 0) names = [.. (await client.ListGroupsAsync(cancellation)).Select(static group => group.GroupId)];
        var progress = new GroupProgress(client, TimeProvider.System);
        List<DescribedGroup> described = [];
        foreach (string name in names)
        {
            GroupDescription group = await client.DescribeGroupAsync(name, cancellation);
            described.Add(new(group, await progress.OfAsync(name, group.Members, cancellation)));
        }

        return described;
    }
}
