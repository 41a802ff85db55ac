using System.CommandLine;
using PerfLog.Server.Groups;
using PerfLog.Server.Output;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog groups lag [GROUP...]</c></summary>
internal static class GroupsLagCommand
{
    public static Command Create()
    {
        Argument<string[]> names = GroupsCommand.GroupsArgument();
        Option<bool> json = TopicsCommand.JsonOption();
        var command = new Command("lag", "Show how far groups are behind, by topic: in records, and in the age of the oldest of them.") { names, json };
        var cluster = new ClusterOptions(command);
        command.SetAction((invocation, cancellation) => cluster.UseAsync(invocation, async client =>
        {
            IReadOnlyList<DescribedGroup> groups = await DescribedGroup.ReadAsync(client, invocation.GetValue(names) ?? [], cancellation);
            TopicLag[] lags = [.. groups.SelectMany(TopicLag.Of)];
            TextWriter output = invocation.InvocationConfiguration.Output;
            if (invocation.GetValue(json)) GroupJson.WriteLags(output, lags);
            else GroupTables.WriteLags(output, lags);
        }));
        return command;
    }
}
