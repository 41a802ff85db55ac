using System.CommandLine;
using PerfLog.Client.Admin;
using PerfLog.Records;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog topics delete NAME</c></summary>
internal static class TopicsDeleteCommand
{
    public static Command Create()
    {
        Argument<string[]> names = TopicsCommand.NamesArgument();
        var ifExists = new Option<bool>("--if-exists") { Description = "A topic that does not exist is no error." };
        var command = new Command("delete", "Delete topics and their records.") { names, ifExists };
        var cluster = new ClusterOptions(command);
        command.SetAction((invocation, cancellation) => cluster.UseAsync(invocation, client => DeleteAsync(
            client,
            invocation.GetRequiredValue(names),
            invocation.GetValue(ifExists),
            invocation.InvocationConfiguration.Output,
            cancellation)));
        return command;
    }

    private static async Task DeleteAsync(
        AdminClient client, string[] topics, bool ifExists, TextWriter output, CancellationToken cancellation)
    {
        AdminResults<string, None> deleted = await client.DeleteTopicsAsync(topics, null, cancellation);
        Outcomes.Tell(
            deleted,
            output,
            static name => $"Deleted topic {name}.",
            name => ifExists && deleted[name].Error == ErrorCode.UnknownTopicOrPartition ? $"Topic {name} does not exist." : null);
    }
}
