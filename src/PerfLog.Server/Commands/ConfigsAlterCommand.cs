using System.CommandLine;
using PerfLog.Client.Admin;
using PerfLog.Records;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog configs alter --topic NAME | --broker ID</c></summary>
internal static class ConfigsAlterCommand
{
    public static Command Create()
    {
        Option<string[]> additions = KeyValueOptions.Create("--add-config", "A setting to change; several with commas between, as Kafka's tool has it. Repeatable.");
        var deletions = new Option<string[]>("--delete-config") { Description = "A setting to take back to its default. Repeatable.", HelpName = "KEY" };
        var validateOnly = new Option<bool>("--validate-only") { Description = "Only say whether it could be done." };
        var command = new Command("alter", "Change settings of topics or brokers.") { additions, deletions, validateOnly };
        var resources = new ConfigResourceOptions(command);
        var cluster = new ClusterOptions(command);
        command.Validators.Add(given =>
        {
            if (given.GetResult(additions) is null && given.GetResult(deletions) is null) given.AddError("Say what to alter: --add-config or --delete-config.");
        });
        command.SetAction((invocation, cancellation) => cluster.UseAsync(invocation, async client =>
        {
            ConfigChange[] changes = Changes(invocation.GetValue(additions) ?? [], invocation.GetValue(deletions) ?? []);
            bool validates = invocation.GetValue(validateOnly);
            AdminResults<ConfigResource, None> altered = await client.IncrementalAlterConfigsAsync(
                resources.Read(invocation).Distinct().ToDictionary(static resource => resource, IReadOnlyCollection<ConfigChange> (_) => changes),
                new ChangeOptions { ValidateOnly = validates },
                cancellation);
            Outcomes.Tell(
                altered, invocation.InvocationConfiguration.Output, resource => $"{(validates ? "Could alter" : "Altered")} {resource}.");
        }));
        return command;
    }

    private static ConfigChange[] Changes(string[] additions, string[] deletions) =>
    [
        .. KeyValueOptions.Pairs([.. additions.SelectMany(Settings)]).Select(static pair => new ConfigChange(pair.Key, ConfigOperation.Set, pair.Value)),
        .. deletions.SelectMany(static keys => keys.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Select(static key => new ConfigChange(key, ConfigOperation.Delete)),
    ];

    /// <summary>
    /// The settings between commas. A value may have commas of its own: in brackets, as Kafka's tool wants it, or where what follows is no KEY=VALUE.
    /// </summary>
    private static List<string> Settings(string text)
    {
        List<string> settings = [];
        bool isInBrackets = false;
        foreach (string part in text.Split(','))
        {
            if (settings.Count > 0 && (isInBrackets || !part.Contains('='))) settings[^1] += $",{part}";
            else settings.Add(part);
            isInBrackets = settings[^1].Contains("=[", StringComparison.Ordinal) && !settings[^1].EndsWith(']');
        }

        return [.. settings.Select(static setting => setting.EndsWith(']') ? setting[..^1].Replace("=[", "=", StringComparison.Ordinal) : setting)];
    }
}
