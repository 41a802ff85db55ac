using System.CommandLine;
using PerfLog.Client.Admin;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog topics alter NAME</c></summary>
internal static class TopicsAlterCommand
{
    public static Command Create()
    {
        Argument<string> name = TopicsCommand.NameArgument();
        var partitions = new Option<int?>("--partitions") { Description = "The number of partitions to grow to." };
        Option<string[]> configs = KeyValueOptions.Create("--config", "A topic setting to change. Repeatable.");
        var deletions = new Option<string[]>("--delete-config") { Description = "A topic setting to take back to its default. Repeatable.", HelpName = "KEY" };
        var command = new Command("alter", "Add partitions to a topic or change its settings.") { name, partitions, configs, deletions };
        var cluster = new ClusterOptions(command);
        command.Validators.Add(given =>
        {
            if (given.GetResult(partitions) is null && given.GetResult(configs) is null && given.GetResult(deletions) is null)
                given.AddError("Say what to alter: --partitions, --config or --delete-config.");
        });
        command.SetAction((invocation, cancellation) => cluster.UseAsync(invocation, client => AlterAsync(
            client,
            invocation.GetRequiredValue(name),
            invocation.GetValue(partitions),
            Changes(invocation.GetValue(configs), invocation.GetValue(deletions)),
            invocation.InvocationConfiguration.Output,
            cancellation)));
        return command;
    }

    private static ConfigChange[] Changes(string[]? configs, string[]? deletions) =>
    [
        .. KeyValueOptions.Pairs(configs).Select(static pair => new ConfigChange(pair.Key, ConfigOperation.Set, pair.Value)),
        .. (deletions ?? []).Select(static key => new ConfigChange(key, ConfigOperation.Delete)),
    ];

    // Settings first: a bad one is refused as a whole, while partitions once added stay.
    private static async Task AlterAsync(
        AdminClient client, string topic, int? partitions, ConfigChange[] changes, TextWriter output, CancellationToken cancellation)
    {
        if (changes.Length > 0) await client.AlterConfigsAsync(ConfigResource.Topic(topic), changes, cancellation);
        if (partitions is { } total) await client.AddPartitionsAsync(topic, total, cancellation);
        output.WriteLine($"Altered topic {topic}.");
    }
}
