using System.CommandLine;
using PerfLog.Client.Admin;
using PerfLog.Server.Output;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog topics describe [NAME...]</c></summary>
internal static class TopicsDescribeCommand
{
    public static Command Create()
    {
        var names = new Argument<string[]>("NAME") { Description = "The topics; all when none is named.", Arity = ArgumentArity.ZeroOrMore };
        Option<bool> json = TopicsCommand.JsonOption();
        var command = new Command("describe", "Show topics with their partitions and settings.") { names, json };
        var cluster = new ClusterOptions(command);
        command.SetAction((invocation, cancellation) => cluster.UseAsync(invocation, async client =>
        {
            IReadOnlyList<DescribedTopic> topics = await DescribeAsync(client, invocation.GetValue(names) ?? [], cancellation);
            TextWriter output = invocation.InvocationConfiguration.Output;
            if (invocation.GetValue(json)) JsonOutput.WriteTopics(output, topics);
            else TopicTables.Write(output, topics);
        }));
        return command;
    }

    private static async Task<IReadOnlyList<DescribedTopic>> DescribeAsync(
        AdminClient client, string[] names, CancellationToken cancellation)
    {
        IReadOnlyList<TopicDescription> topics = names.Length == 0
            ? await client.DescribeTopicsAsync(cancellation)
            : (await client.DescribeTopicsAsync(names, null, cancellation)).All();
        AdminResults<ConfigResource, IReadOnlyList<ConfigEntry>> configs = await client.DescribeConfigsAsync(
            topics.Select(static topic => ConfigResource.Topic(topic.Name)), null, cancellation);
        return [.. topics.Select(topic => new DescribedTopic(
            topic, [.. configs[ConfigResource.Topic(topic.Name)].Value.Where(static config => config.Source == ConfigSource.Topic)]))];
    }
}
