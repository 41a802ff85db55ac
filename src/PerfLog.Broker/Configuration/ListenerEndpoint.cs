using System.Collections.Immutable;
using System.Globalization;

namespace PerfLog.Broker.Configuration;

/// <summary>One entry of <c>listeners</c> or <c>advertised.listeners</c>.</summary>
/// <param name="Name">What the configuration calls it.</param>
/// <param name="SecurityProtocol">How it is secured.</param>
/// <param name="Host">Empty for every address of the machine.</param>
/// <param name="Port">0 lets the system choose.</param>
public sealed record ListenerEndpoint(string Name, string SecurityProtocol, string Host, int Port)
{
    /// <summary>Better no listener than one that is less secure than its name says.</summary>
    private static readonly string[] ServedProtocols = ["PLAINTEXT"];

    public override string ToString() => $"{Name}://{(Host.Contains(':') ? $"[{Host}]" : Host)}:{Port}";

    /// <summary>Reads a list of listeners; what is wrong goes to <paramref name="problems"/>.</summary>
    internal static ImmutableArray<ListenerEndpoint> ReadAll(BrokerConfig config, string key, ICollection<string> problems)
    {
        var endpoints = ImmutableArray.CreateBuilder<ListenerEndpoint>();
        foreach (string text in ConfigText.List(config.Get(key)))
        {
            string? problem = TryRead(text, config, out ListenerEndpoint? endpoint);
            if (problem is null && endpoints.Any(other => other.Name == endpoint!.Name)) problem = "has a name that another one has";
            if (problem is null) endpoints.Add(endpoint!);
            else problems.Add($"{config.OriginOf(key)}: \"{text}\" in {key} {problem}.");
        }

        return endpoints.ToImmutable();
    }

    private static string? TryRead(string text, BrokerConfig config, out ListenerEndpoint? endpoint)
    {
        endpoint = null;
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        int colon = text.LastIndexOf(':');
        if (scheme < 1 || colon < scheme + 3) return "is not name://host:port";
        if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > ushort.MaxValue)
            return "has a port that is not 0 to 65535";

        string name = text[..scheme].ToUpperInvariant();
        if (ProtocolOf(name, config) is not { } protocol)
            return $"has a name without a security protocol; give it one in {BrokerKeys.ListenerSecurityProtocols}";
        if (!ServedProtocols.Contains(protocol))
            return $"has the security protocol {protocol}; allowed is {string.Join(", ", ServedProtocols)}";
        endpoint = new ListenerEndpoint(name, protocol, text[(scheme + 3)..colon].Trim('[', ']'), port);
        return null;
    }

    private static string? ProtocolOf(string name, BrokerConfig config)
    {
        foreach (string entry in ConfigText.List(config.Get(BrokerKeys.ListenerSecurityProtocols)))
        {
            if (entry.Split(':') is [var listener, var protocol] && listener.Equals(name, StringComparison.OrdinalIgnoreCase))
                return protocol.ToUpperInvariant();
        }

        return null;
    }
}
