using System.CommandLine;
using PerfLog.Client;
using PerfLog.Client.Admin;
using PerfLog.Client.Consuming;
using PerfLog.Client.Producing;

namespace PerfLog.Server.Commands;

/// <summary>The options of every command that produces or consumes: where the cluster is, and a client's settings by Kafka's names.</summary>
internal sealed class ClientOptions(Command command)
{
    private readonly ClientSettings _settings = new(command);

    public ProducerOptions Producer(ParseResult invocation, ProducerOptions defaults) =>
        defaults.With(_settings.Read(invocation));

    public ConsumerOptions Consumer(ParseResult invocation, ConsumerOptions defaults) =>
        defaults.With(_settings.Read(invocation));

    /// <summary>What clients of every kind have, for a command that needs more than one.</summary>
    public AdminClientOptions Common(ParseResult invocation) =>
        new AdminClientOptions { BootstrapServers = Servers(invocation) }.With(_settings.Read(invocation));

    /// <exception cref="UsageException">One of them is no address.</exception>
    public string Servers(ParseResult invocation) => _settings.Servers(invocation);

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
