using System.CommandLine;
using PerfLog.Client.Admin;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog topics delete NAME</c></summary>
internal static class TopicsDeleteCommand
{
    public static Command Create()
    {
        Argument<string> name = TopicsCommand.NameArgument();
        var ifExists = new Option<bool>("--if-exists") { Description = "A topic that does not exist is no error." };
        var command = new Command("delete", "Delete a topic and its records.") { name, ifExists };
        var cluster = new ClusterOptions(command);
        command.SetAction((invocation, cancellation) => cluster.UseAsync(invocation, client => DeleteAsync(
            client,
            invocation.GetRequiredValue(name),
            invocation.GetValue(ifExists),
            invocation.InvocationConfiguration.Output,
            cancellation)));
        return command;
    }

    private static async Task DeleteAsync(
        AdminClient client, string topic, bool ifExists, TextWriter output, CancellationToken cancellation)
    {
        try
        {
            await client.DeleteTopicAsync(topic, cancellation);
            output.WriteLine($"Deleted topic {topic}.");
        }
        catch (AdminException refused) when (ifExists && refused.Error == ErrorCode.UnknownTopicOrPartition)
        {
            output.WriteLine($"Topic {topic} does not exist.");
        }
    }
}
