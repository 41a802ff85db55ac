using System.CommandLine;
using PerfLog.Client;
using PerfLog.Client.Admin;

namespace PerfLog.Server.Commands;

/// <summary>The options of every command that talks to a cluster.</summary>
internal sealed class ClusterOptions(Command command)
{
    private readonly ClientSettings _settings = new(command);

    /// <summary>Does the work with a client; what goes wrong becomes one line that names the thing and the remedy.</summary>
    public async Task<int> UseAsync(ParseResult invocation, Func<AdminClient, Task> work)
    {
        try
        {
            AdminClientOptions options = new AdminClientOptions { BootstrapServers = _settings.Servers(invocation) }.With(_settings.Read(invocation));
            await using AdminClient client = AdminClient.Create(options);
            await work(client);
            return ExitCodes.Success;
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
