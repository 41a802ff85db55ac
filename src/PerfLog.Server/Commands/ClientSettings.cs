using System.CommandLine;
using PerfLog.Broker.Configuration;
using PerfLog.Client.Admin;

namespace PerfLog.Server.Commands;

/// <summary>Where the cluster is, and a client's settings by Kafka's names, from a file and from the command line, which wins.</summary>
internal sealed class ClientSettings
{
    private const string ServersKey = "bootstrap.servers";

    private readonly Option<string> _bootstrapServer = new("--bootstrap-server", "--broker-list", "-b")
    {
        Description = "A broker's address, or several: HOST:PORT,HOST:PORT.", DefaultValueFactory = static _ => "127.0.0.1:9092",
    };

    private readonly Option<string[]> _settings = KeyValueOptions.Create("-X", "A client's setting by Kafka's name, such as acks=all. Repeatable.");

    private readonly Option<string?> _file = new("--command-config", "--producer.config", "--consumer.config", "-F")
    {
        Description = "A file of such settings, as Kafka's tools have it.", HelpName = "FILE",
    };

    public ClientSettings(Command command)
    {
        foreach (string alias in (string[])["--producer-property", "--consumer-property", "--command-property"])
            _settings.Aliases.Add(alias);
        command.Add(_bootstrapServer);
        command.Add(_settings);
        command.Add(_file);
    }

    /// <exception cref="UsageException">One of them is no address.</exception>
    public string Servers(ParseResult invocation) => Addresses(_bootstrapServer.Name, invocation.GetRequiredValue(_bootstrapServer));

    /// <summary>The settings in the order in which they hold: a later one wins.</summary>
    /// <exception cref="CommandException">The file is missing or is no properties file.</exception>
    /// <exception cref="UsageException">They name a broker by what is no address.</exception>
    public IEnumerable<KeyValuePair<string, string>> Read(ParseResult invocation)
    {
        foreach (KeyValuePair<string, string> setting in FromFile(invocation.GetValue(_file)).Concat(KeyValueOptions.Pairs(invocation.GetValue(_settings))))
        {
            if (setting.Key == ServersKey) Addresses(ServersKey, setting.Value);
            yield return setting;
        }
    }

    private static string Addresses(string name, string text)
    {
        try
        {
            BootstrapServers.Parse(text);
            return text;
        }
        catch (FormatException malformed)
        {
            throw new UsageException($"{name}: {malformed.Message}", malformed);
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> FromFile(string? path)
    {
        if (path is null) return [];
        try
        {
            return PropertiesText.Read(File.ReadAllText(path)).Select(static entry => KeyValuePair.Create(entry.Key, entry.Value));
        }
        catch (Exception fault) when (fault is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"--command-config {path}: {fault.Message}", fault);
        }
    }
}
