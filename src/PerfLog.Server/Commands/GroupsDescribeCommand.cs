using System.CommandLine;
using PerfLog.Server.Groups;
using PerfLog.Server.Output;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog groups describe [GROUP...]</c></summary>
internal static class GroupsDescribeCommand
{
    public static Command Create()
    {
        Argument<string[]> names = GroupsCommand.GroupsArgument();
        Option<bool> json = TopicsCommand.JsonOption();
        var command = new Command("describe", "Show groups: their state, last rebalance, and how far they are in each partition.") { names, json };
        var cluster = new ClusterOptions(command);
        command.SetAction((invocation, cancellation) => cluster.UseAsync(invocation, async client =>
        {
            IReadOnlyList<DescribedGroup> groups = await DescribedGroup.ReadAsync(client, invocation.GetValue(names) ?? [], cancellation);
            TextWriter output = invocation.InvocationConfiguration.Output;
            if (invocation.GetValue(json)) GroupJson.WriteGroups(output, groups);
            else GroupTables.WriteGroups(output, groups);
        }));
        return command;
    }
}
