using System.CommandLine;
using PerfLog.Broker.Configuration;

namespace PerfLog.Server.Commands;

/// <summary>A client's settings by Kafka's names, from a file and from the command line, which wins.</summary>
internal sealed class ClientSettings
{
    private readonly Option<string[]> _settings = KeyValueOptions.Create("-X", "A client's setting by Kafka's name, such as acks=all. Repeatable.");

    private readonly Option<string?> _file = new("--command-config", "--producer.config", "--consumer.config", "-F")
    {
        Description = "A file of such settings, as Kafka's tools have it.", HelpName = "FILE",
    };

    public ClientSettings(Command command)
    {
        foreach (string alias in (string[])["--producer-property", "--consumer-property", "--command-property"])
            _settings.Aliases.Add(alias);
        command.Add(_settings);
        command.Add(_file);
    }

    /// <summary>The settings in the order in which they hold: a later one wins.</summary>
    /// <exception cref="CommandException">The file is missing or is no properties file.</exception>
    public IEnumerable<KeyValuePair<string, string>> Read(ParseResult invocation) =>
        FromFile(invocation.GetValue(_file)).Concat(KeyValueOptions.Pairs(invocation.GetValue(_settings)));

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
