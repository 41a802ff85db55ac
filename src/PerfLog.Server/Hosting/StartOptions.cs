using System.Collections;
using PerfLog.Broker.Configuration;

namespace PerfLog.Server.Hosting;

/// <summary>What <c>perflog start</c> was told, and how that becomes a broker's configuration.</summary>
internal sealed record StartOptions
{
    public const string DefaultListener = "127.0.0.1:9092";
    public const string DefaultDataDirectory = "./perflog-data";

    public string? Listener { get; init; }

    public string? DataDirectory { get; init; }

    public string? ConfigFile { get; init; }

    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>File, environment, <c>--set</c>, the options with names of their own; the last that has a key wins.</summary>
    /// <exception cref="CommandException">The file cannot be read, or a key or value is wrong.</exception>
    public BrokerOptions Read(IDictionary environment)
    {
        var layers = new ConfigLayers();
        if (ConfigFile is not null) layers.AddProperties(ReadFile(ConfigFile), ConfigFile);
        layers.AddEnvironment(Variables(environment)).AddValues(Settings, "--set");
        if (Listener is not null) layers.AddValues([new(BrokerKeys.Listeners, Endpoint(Listener))], "--listener");
        if (DataDirectory is not null) layers.AddValues([new(BrokerKeys.LogDirs, DataDirectory)], "--data-dir");
        try
        {
            return BrokerOptions.Read(WithDefaults(layers));
        }
        catch (ConfigurationException wrong)
        {
            throw new CommandException($"The configuration cannot be used:\n  {string.Join("\n  ", wrong.Problems)}", wrong);
        }
    }

    // The program's defaults differ from the protocol's: it listens on loopback only and keeps its data in plain sight.
    private static ConfigLayers WithDefaults(ConfigLayers layers)
    {
        BrokerConfig told = layers.Build();
        if (!told.IsSet(BrokerKeys.Listeners))
            layers.AddValues([new(BrokerKeys.Listeners, Endpoint(DefaultListener))], "the default");
        if (!told.IsSet(BrokerKeys.LogDirs) && !told.IsSet(BrokerKeys.LogDir))
            layers.AddValues([new(BrokerKeys.LogDirs, DefaultDataDirectory)], "the default");
        return layers;
    }

    private static string Endpoint(string address) => $"PLAINTEXT://{address}";

    private static string ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"--config: {failure.Message}", failure);
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Variables(IDictionary environment) =>
        from DictionaryEntry variable in environment
        where variable.Value is string
        select KeyValuePair.Create((string)variable.Key, (string)variable.Value!);
}
