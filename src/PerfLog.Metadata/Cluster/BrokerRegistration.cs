using System.Globalization;

namespace PerfLog.Metadata;

/// <summary>
/// A broker's entry among the live ones: an ephemeral znode that goes with the session. The broker makes it when it is
/// ready for requests.
/// </summary>
public static class BrokerRegistration
{
    /// <summary>Registers the broker for as long as the session lasts.</summary>
    /// <returns>The broker with its epoch, or <see cref="ErrorCode.DuplicateBrokerRegistration"/>.</returns>
    public static async ValueTask<CatalogResult<BrokerImage>> RegisterAsync(
        IMetadataSession session, BrokerImage broker, TimeProvider time, CancellationToken cancellation = default)
    {
        string path = ClusterLayout.Broker(broker.Id);
        byte[] data = Write(broker, TimestampMs.Now(time));
        CommitResult created = await session.CreateAsync(path, data, ZnodeMode.Ephemeral, cancellation);
        return created.Error switch
        {
            ZnodeError.None => CatalogResult.Of(broker with { Epoch = created.Zxid.Value }),
            ZnodeError.NodeExists => CatalogResult.Failed<BrokerImage>(
                ErrorCode.DuplicateBrokerRegistration, $"A broker with the id {broker.Id} is registered already."),
            _ => throw new MetadataUnavailableException($"{path} cannot be created: {created.Error}."),
        };
    }

    internal static byte[] Write(BrokerImage broker, TimestampMs now)
    {
        var protocols = broker.Endpoints.ToDictionary(
            static endpoint => endpoint.Listener, static endpoint => endpoint.SecurityProtocol);
        string[] endpoints = [.. broker.Endpoints.Select(Format)];

        // Readers of the oldest kind know the plaintext listener only, from these two fields.
        BrokerEndpoint? plain = broker.Endpoints.FirstOrDefault(static endpoint => endpoint.SecurityProtocol == "PLAINTEXT");
        var body = new BrokerBody(
            protocols, endpoints, now.ToString(), broker.Rack, plain?.Host, plain?.Port ?? -1, Features: []);
        return ZnodeJson.Write(body, ZnodeBodies.Default.BrokerBody);
    }

    internal static BrokerImage Read(BrokerId id, string path, Znode node)
    {
        BrokerBody body = ZnodeJson.Read(path, node.Data, ZnodeBodies.Default.BrokerBody);
        return new BrokerImage
        {
            Id = id,
            Endpoints = [.. body.Endpoints.Select(text => Parse(text, body, path))],
            Rack = body.Rack,
            Epoch = node.Stat.Created.Value,
        };
    }

    private static string Format(BrokerEndpoint endpoint)
    {
        string host = endpoint.Host.Contains(':') ? $"[{endpoint.Host}]" : endpoint.Host;
        return $"{endpoint.Listener}://{host}:{endpoint.Port}";
    }

    private static BrokerEndpoint Parse(string text, BrokerBody body, string path)
    {
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        int colon = text.LastIndexOf(':');
        if (scheme <= 0 || colon < scheme + 3 || !TryParsePort(text[(colon + 1)..], out int port))
            throw new CorruptMetadataException($"{path} has the endpoint \"{text}\", which is not listener://host:port.");
        string listener = text[..scheme];
        string host = text[(scheme + 3)..colon].Trim('[', ']');
        string protocol = body.ListenerSecurityProtocolMap.GetValueOrDefault(listener, listener);
        return new BrokerEndpoint(listener, protocol, host, port);
    }

    private static bool TryParsePort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= ushort.MaxValue;
}
