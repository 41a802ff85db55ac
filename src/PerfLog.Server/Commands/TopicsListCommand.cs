using System.CommandLine;
using PerfLog.Server.Output;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog topics list</c></summary>
internal static class TopicsListCommand
{
    public static Command Create()
    {
        Option<bool> json = TopicsCommand.JsonOption();
        var command = new Command("list", "List the topics' names.") { json };
        var cluster = new ClusterOptions(command);
        command.SetAction((invocation, cancellation) => cluster.UseAsync(invocation, async client =>
        {
            IReadOnlyList<string> topics = await client.ListTopicsAsync(cancellation);
            TextWriter output = invocation.InvocationConfiguration.Output;
            if (invocation.GetValue(json)) JsonOutput.WriteNames(output, topics);
            else foreach (string topic in topics) output.WriteLine(topic);
        }));
        return command;
    }
}
