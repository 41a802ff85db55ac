using PerfLog.Protocol;

namespace PerfLog.Broker.Networking;

/// <summary>Answers one kind of request. One instance serves all connections at once.</summary>
internal interface IRequestHandler
{
    ApiKey Key { get; }

    /// <summary>The lowest version that is served and advertised.</summary>
    short LowestVersion { get; }

    /// <summary>The highest version that is served and advertised.</summary>
    short HighestVersion { get; }

    /// <summary>
    /// Answers now, or later from any thread; the context must be completed exactly once. Called on the connection's
    /// receive loop, in order of arrival, so it must not block.
    /// </summary>
    void Handle(RequestContext context);
}
