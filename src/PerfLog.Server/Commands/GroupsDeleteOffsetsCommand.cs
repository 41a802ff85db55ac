using System.CommandLine;
using PerfLog.Server.Groups;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog groups delete-offsets GROUP --topic TOPIC</c></summary>
internal static class GroupsDeleteOffsetsCommand
{
    public static Command Create()
    {
        Argument<string> name = GroupsCommand.GroupArgument();
        var topics = new Option<string[]>("--topic") { Description = "TOPIC, or TOPIC:0,1,2. Repeatable.", Required = true };
        var command = new Command("delete-offsets", "Forget what a group has committed for topics that its members do not read.") { name, topics };
        var cluster = new ClusterOptions(command);
        command.SetAction((invocation, cancellation) => cluster.UseAsync(invocation, async client =>
        {
            string group = invocation.GetRequiredValue(name);
            IReadOnlyCollection<TopicPartition> partitions =
                await TopicSelection.ResolveAsync(client, invocation.GetRequiredValue(topics), cancellation);
            Outcomes.Tell(
                await client.DeleteGroupOffsetsAsync(group, partitions, null, cancellation),
                invocation.InvocationConfiguration.Output,
                partition => $"Group {group} has no commits for {partition} any more.");
        }));
        return command;
    }
}
