using System.CommandLine;
using PerfLog.Client;
using PerfLog.Client.Admin;

namespace PerfLog.Server.Commands;

/// <summary>The options of every command that talks to a cluster.</summary>
internal sealed class ClusterOptions
{
    private const string DefaultServer = "127.0.0.1:9092";

    private readonly Option<string> _bootstrapServer = new("--bootstrap-server", "-b")
    {
        Description = "A broker's address, or several: HOST:PORT,HOST:PORT.",
        DefaultValueFactory = static _ => DefaultServer,
    };

    private readonly ClientSettings _settings;

    public ClusterOptions(Command command)
    {
        command.Add(_bootstrapServer);
        _settings = new ClientSettings(command);
    }

    /// <summary>Does the work with a client; what goes wrong becomes one line that names the thing and the remedy.</summary>
    public async Task<int> UseAsync(ParseResult invocation, Func<AdminClient, Task> work)
    {
        string servers = invocation.GetRequiredValue(_bootstrapServer);
        try
        {
            AdminClientOptions options = new AdminClientOptions { BootstrapServers = servers }.With(_settings.Read(invocation));
            await using AdminClient client = AdminClient.Create(options);
            await work(client);
            return ExitCodes.Success;
        }
        catch (FormatException malformed)
        {
            throw new UsageException($"--bootstrap-server: {malformed.Message}", malformed);
        }
        catch (ClientConfigurationException mistake)
        {
            throw new UsageException(mistake.Message, mistake);
        }
        catch (AdminException refused)
        {
            throw new CommandException(refused.Message, refused);
        }
    }
}
