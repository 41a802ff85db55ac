using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace PerfLog.Client.Admin;

/// <summary>A broker's address as people write it.</summary>
public readonly record struct BrokerAddress(string Host, int Port)
{
    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    /// <summary>Reads <c>host:port</c> or <c>[ipv6]:port</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out BrokerAddress? address)
    {
        address = null;
        int colon = text.LastIndexOf(':');
        if (colon <= 0) return false;
        string host = text[..colon].Trim();
        if (host.StartsWith('[') && host.EndsWith(']')) host = host[1..^1];
        else if (host.Contains(':')) return false;
        bool hasPort = int.TryParse(text[(colon + 1)..].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int port);
        if (host.Length == 0 || !hasPort || port is 0 or > ushort.MaxValue) return false;
        address = new BrokerAddress(host, port);
        return true;
    }
}

/// <summary>The list of addresses that a client knows before it knows the cluster: <c>host:port,host:port</c>.</summary>
public static class BootstrapServers
{
    /// <exception cref="FormatException">An entry is no address; the message names it.</exception>
    public static IReadOnlyList<BrokerAddress> Parse(string text)
    {
        List<BrokerAddress> addresses = [];
        foreach (string entry in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!BrokerAddress.TryParse(entry, out BrokerAddress? address))
                throw new FormatException($"'{entry}' is no broker address; write HOST:PORT with a port from 1 to 65535.");
            addresses.Add(address.Value);
        }

        if (addresses.Count == 0) throw new FormatException("No broker address is given; write HOST:PORT,HOST:PORT.");
        return addresses;
    }
}
