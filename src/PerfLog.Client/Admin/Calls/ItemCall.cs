using PerfLog.Client.Cluster;
using PerfLog.Protocol;

namespace PerfLog.Client.Admin;

/// <summary>What a broker said about one item.</summary>
/// <param name="Item">The item.</param>
/// <param name="Value">What was asked for; of no meaning with an error.</param>
/// <param name="Error">Its refusal; none when there was none.</param>
/// <param name="Reason">The same in its words; null when it sent none.</param>
internal readonly record struct ItemAnswer<TItem, TValue>(TItem Item, TValue Value, ErrorCode Error, string? Reason = null);

/// <summary>The broker that is asked about some items, in the time that the call has left.</summary>
internal readonly record struct AskedBroker(IBrokerLink Link, BrokerId Id, int TimeoutMs)
{
    public ValueTask<TResponse> SendAsync<TRequest, TResponse>(
        Func<short, TRequest> request, CancellationToken cancellation, short highest = short.MaxValue)
        where TRequest : IRequestMessage
        where TResponse : IResponseMessage, IReadable<TResponse>
    {
        short version = Link.VersionOf<TRequest>(highest);
        return Link.SendAsync<TRequest, TResponse>(request(version), version, cancellation);
    }
}

/// <summary>Asks a broker about items that it answers for.</summary>
internal delegate Task<IEnumerable<ItemAnswer<TItem, TValue>>> AskAbout<TItem, TValue>(
    AskedBroker broker, IReadOnlyList<TItem> items, CancellationToken cancellation);

/// <summary>One kind of call: who is asked, how, and how an item is named in an error.</summary>
internal sealed record ItemCall<TItem, TValue>(IRouting<TItem> Routing, Func<TItem, string> Subject, AskAbout<TItem, TValue> Ask)
{
    /// <summary>What an error means in this kind of call; null for its usual meaning.</summary>
    public Func<ErrorCode, string?>? Meaning { get; init; }
}
