using System.CommandLine;
using PerfLog.Client.Admin;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog topics create NAME</c></summary>
internal static class TopicsCreateCommand
{
    public static Command Create()
    {
        Argument<string[]> names = TopicsCommand.NamesArgument();
        var partitions = new Option<int>("--partitions")
        {
            Description = "The number of partitions; without it the cluster's default.", DefaultValueFactory = static _ => -1,
        };
        var replicas = new Option<short>("--replication-factor")
        {
            Description = "The number of replicas; without it the cluster's default.", DefaultValueFactory = static _ => -1,
        };
        Option<string[]> configs = KeyValueOptions.Create("--config", "A topic setting, such as retention.ms=3600000. Repeatable.");
        var ifNotExists = new Option<bool>("--if-not-exists") { Description = "A topic that exists already is no error." };
        var command = new Command("create", "Create topics.") { names, partitions, replicas, configs, ifNotExists };
        var cluster = new ClusterOptions(command);
        command.SetAction((invocation, cancellation) => cluster.UseAsync(invocation, client => CreateAsync(
            client,
            invocation.GetRequiredValue(names).Distinct().Select(name =>
                new NewTopic(name, invocation.GetValue(partitions), invocation.GetValue(replicas))
                {
                    Configs = KeyValueOptions.Pairs(invocation.GetValue(configs)),
                }),
            invocation.GetValue(ifNotExists),
            invocation.InvocationConfiguration.Output,
            cancellation)));
        return command;
    }

    private static async Task CreateAsync(
        AdminClient client, IEnumerable<NewTopic> topics, bool ifNotExists, TextWriter output, CancellationToken cancellation)
    {
        AdminResults<string, CreatedTopic> created = await client.CreateTopicsAsync(topics, null, cancellation);
        Outcomes.Tell(
            created,
            output,
            static name => $"Created topic {name}.",
            name => ifNotExists && created[name].Error == ErrorCode.TopicAlreadyExists ? $"Topic {name} exists already." : null);
    }
}
