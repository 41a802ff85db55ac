using System.Collections.Immutable;

namespace PerfLog.Metadata;

/// <summary>Where clients or brokers reach a broker through one of its listeners.</summary>
public sealed record BrokerEndpoint(string Listener, string SecurityProtocol, string Host, int Port);

/// <summary>One live broker as it registered itself. Immutable.</summary>
public sealed record BrokerImage
{
    public required BrokerId Id { get; init; }

    public required ImmutableArray<BrokerEndpoint> Endpoints { get; init; }

    public string? Rack { get; init; }

    /// <summary>Rises with each registration; fences requests meant for the broker's earlier life.</summary>
    public long Epoch { get; init; }

    /// <summary>The endpoint of that listener, or null when the broker does not have it.</summary>
    public BrokerEndpoint? Find(string listener)
    {
        foreach (BrokerEndpoint endpoint in Endpoints)
        {
            if (endpoint.Listener == listener) return endpoint;
        }

        return null;
    }
}
