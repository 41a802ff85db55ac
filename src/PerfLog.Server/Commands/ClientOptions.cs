using System.CommandLine;
using PerfLog.Client;
using PerfLog.Client.Consuming;
using PerfLog.Client.Producing;

namespace PerfLog.Server.Commands;

/// <summary>The options of every command that produces or consumes: where the cluster is, and a client's settings by Kafka's names.</summary>
internal sealed class ClientOptions
{
    private readonly Option<string> _bootstrapServer = new("--bootstrap-server", "--broker-list", "-b")
    {
        Description = "A broker's address, or several: HOST:PORT,HOST:PORT.", DefaultValueFactory = static _ => "127.0.0.1:9092",
    };

    private readonly Option<string[]> _settings = KeyValueOptions.Create("-X", "A client's setting by Kafka's name, such as acks=all. Repeatable.");

    private readonly Option<string?> _file = new("--command-config", "--producer.config", "--consumer.config", "-F")
    {
        Description = "A file of such settings.", HelpName = "FILE",
    };

    public ClientOptions(Command command)
    {
        _settings.Aliases.Add("--producer-property");
        _settings.Aliases.Add("--consumer-property");
        _settings.Aliases.Add("--property");
        command.Add(_bootstrapServer);
        command.Add(_settings);
        command.Add(_file);
    }

    public ProducerOptions Producer(ParseResult invocation, ProducerOptions defaults) =>
        defaults.With(Settings(invocation));

    public ConsumerOptions Consumer(ParseResult invocation, ConsumerOptions defaults) =>
        defaults.With(Settings(invocation));

    public string Servers(ParseResult invocation) => invocation.GetRequiredValue(_bootstrapServer);

    /// <summary>Does the work; what goes wrong becomes one line that names the thing.</summary>
    public static async Task<int> RunAsync(Func<Task> work)
    {
        try
        {
            await work();
            return ExitCodes.Success;
        }
        catch (Exception failure) when (failure is ClientConfigurationException or ProduceException or ConsumeException or FormatException)
        {
            throw new CommandException(failure.Message, failure);
        }
    }

    // The command line wins over the file.
    private IEnumerable<KeyValuePair<string, string>> Settings(ParseResult invocation)
    {
        IEnumerable<string> lines = invocation.GetValue(_file) is { } path
            ? File.ReadLines(path).Select(static line => line.Trim()).Where(static line => line.Length > 0 && line[0] != '#' && line.Contains('='))
            : [];
        return KeyValueOptions.Pairs([.. lines]).Concat(KeyValueOptions.Pairs(invocation.GetValue(_settings)));
    }
}
