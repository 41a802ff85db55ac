using PerfLog.Client.Admin;
using PerfLog.Client.Cluster;
using PerfLog.Protocol;

namespace PerfLog.Client.Tests.Scripted;

/// <summary>A request that a client sent over a scripted connection, and that the test answers when it likes.</summary>
/// <param name="Broker">Whom it went to.</param>
/// <param name="Lane">Over which connection.</param>
/// <param name="Version">Its version.</param>
/// <param name="Request">The message.</param>
/// <param name="At">When, by the test's clock.</param>
internal sealed record Asked<TRequest>(BrokerAddress Broker, LinkLane Lane, short Version, TRequest Request, DateTimeOffset At)
{
    public required Action<IProtocolMessage> Answer { get; init; }

    /// <summary>The connection breaks instead of an answer.</summary>
    public required Action Break { get; init; }

    public Asked<TOther> As<TOther>() => new(Broker, Lane, Version, (TOther)(object)Request!, At) { Answer = Answer, Break = Break };
}
