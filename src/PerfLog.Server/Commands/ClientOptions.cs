using System.CommandLine;
using PerfLog.Client;
using PerfLog.Client.Admin;
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

    private readonly ClientSettings _settings;

    public ClientOptions(Command command)
    {
        command.Add(_bootstrapServer);
        _settings = new ClientSettings(command);
    }

    public ProducerOptions Producer(ParseResult invocation, ProducerOptions defaults) =>
        defaults.With(_settings.Read(invocation));

    public ConsumerOptions Consumer(ParseResult invocation, ConsumerOptions defaults) =>
        defaults.With(_settings.Read(invocation));

    /// <summary>What clients of every kind have, for a command that needs more than one.</summary>
    public AdminClientOptions Common(ParseResult invocation) =>
        new AdminClientOptions { BootstrapServers = Servers(invocation) }.With(_settings.Read(invocation));

    /// <exception cref="UsageException">One of them is no address.</exception>
    public string Servers(ParseResult invocation)
    {
        string servers = invocation.GetRequiredValue(_bootstrapServer);
        try
        {
            BootstrapServers.Parse(servers);
            return servers;
        }
        catch (FormatException malformed)
        {
            throw new UsageException($"--bootstrap-server: {malformed.Message}", malformed);
        }
    }

    /// <summary>Does the work; what goes wrong becomes one line that names the thing.</summary>
    public static async Task<int> RunAsync(Func<Task> work)
    {
        try
        {
            await work();
            return ExitCodes.Success;
        }
        catch (ClientConfigurationException mistake)
        {
            throw new UsageException(mistake.Message, mistake);
        }
        catch (Exception failure) when (failure is ProduceException or ConsumeException or FormatException)
        {
            throw new CommandException(failure.Message, failure);
        }
    }
}
