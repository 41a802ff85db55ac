using System.CommandLine;
using PerfLog.Client.Admin;

namespace PerfLog.Server.Commands;

/// <summary><c>perflog configs ...</c></summary>
internal static class ConfigsCommand
{
    public static Command Create() => new(
        "configs", "Show and change the settings of topics and brokers. Kafka's own spelling (--describe --entity-type topics --entity-name NAME) works too.")
    {
        ConfigsDescribeCommand.Create(),
        ConfigsAlterCommand.Create(),
    };
}

/// <summary>The options that say whose settings are meant.</summary>
internal sealed class ConfigResourceOptions
{
    private readonly Option<string[]> _topics = new("--topic") { Description = "A topic. Repeatable.", HelpName = "NAME" };
    private readonly Option<int[]> _brokers = new("--broker") { Description = "A broker. Repeatable.", HelpName = "ID" };

    public ConfigResourceOptions(Command command)
    {
        command.Add(_topics);
        command.Add(_brokers);
        command.Validators.Add(given =>
        {
            if (given.GetResult(_topics) is null && given.GetResult(_brokers) is null) given.AddError("Whose settings? Say --topic NAME or --broker ID.");
        });
    }

    public ConfigResource[] Read(ParseResult invocation) =>
    [
        .. (invocation.GetValue(_topics) ?? []).Select(ConfigResource.Topic),
        .. (invocation.GetValue(_brokers) ?? []).Select(static id => ConfigResource.Broker(new BrokerId(id))),
    ];
}
