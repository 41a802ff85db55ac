using System.CommandLine;
using PerfLog.Server.Clients;

namespace PerfLog.Server.Commands;

/// <summary>
/// The <c>--property</c> of Kafka's console tools: how lines are read or written. Each is used up as it is asked for, and what is left
/// is an error.
/// </summary>
internal sealed class ConsoleProperties(Dictionary<string, string> given)
{
    private readonly List<string> _known = [];

    public static Option<string[]> Option(string alias)
    {
        Option<string[]> option = KeyValueOptions.Create("--property", "How lines are read or written, by the names that Kafka's console tools have. Repeatable.");
        option.Aliases.Add(alias);
        return option;
    }

    public bool Has(string name) => Text(name) is not null;

    /// <exception cref="UsageException">The value is neither true nor false.</exception>
    public bool Flag(string name, bool otherwise = false) => Text(name) switch
    {
        null => otherwise,
        var text when bool.TryParse(text, out bool value) => value,
        var text => throw new UsageException($"--property {name}={text}: it must be true or false."),
    };

    public byte[]? Bytes(string name) => Text(name) is { } text ? EscapedText.Bytes(text) : null;

    public string? Text(string name)
    {
        _known.Add(name);
        return given.GetValueOrDefault(name);
    }

    /// <exception cref="UsageException">One was given that nothing asked for.</exception>
    public void RequireAllKnown()
    {
        if (given.Keys.FirstOrDefault(name => !_known.Contains(name)) is { } unknown)
            throw new UsageException($"--property {unknown}: there are {string.Join(", ", _known.Distinct().Order())}.");
    }
}
