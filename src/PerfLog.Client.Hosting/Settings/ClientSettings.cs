using Microsoft.Extensions.Configuration;

namespace PerfLog.Client.Hosting;

/// <summary>
/// What a program says about a client before the client is made: options by Kafka's names, and changes to the typed ones on top
/// of them. Filled in while the services are configured, read once when the client is made.
/// </summary>
/// <typeparam name="TOptions">The client's typed options.</typeparam>
public abstract class ClientSettings<TOptions>
{
    private readonly Dictionary<string, string> _properties = [];
    private readonly List<Func<TOptions, TOptions>> _changes = [];

    private protected ClientSettings()
    {
    }

    /// <summary>The options by Kafka's names, such as <c>bootstrap.servers</c>.</summary>
    public IDictionary<string, string> Properties => _properties;

    /// <summary>Changes the typed options, after those by name. Changes are made in the order in which they were given.</summary>
    /// <param name="change">Returns what it was given, with some options changed.</param>
    public void Change(Func<TOptions, TOptions> change) => _changes.Add(change);

    /// <summary>
    /// Takes every value of a section as an option. Names may be written with dots (<c>"bootstrap.servers"</c>) or as nested sections
    /// (<c>"bootstrap": { "servers": … }</c>).
    /// </summary>
    /// <param name="section">The section; an unknown name in it is an error when the host starts.</param>
    public void Read(IConfiguration section)
    {
        foreach (var (path, value) in section.AsEnumerable(makePathsRelative: true))
        {
            if (value is not null) _properties[path.Replace(':', '.')] = value;
        }
    }

    /// <exception cref="ClientConfigurationException">An option is unknown, has a bad value or contradicts another.</exception>
    internal TOptions Build()
    {
        TOptions options = _changes.Aggregate(FromProperties(_properties), static (options, change) => change(options));
        try
        {
            Validate(options);
        }
        catch (FormatException fault)
        {
            throw new ClientConfigurationException("bootstrap.servers", $"bootstrap.servers: {fault.Message}");
        }

        return options;
    }

    private protected abstract TOptions FromProperties(IReadOnlyDictionary<string, string> properties);

    private protected abstract void Validate(TOptions options);
}
