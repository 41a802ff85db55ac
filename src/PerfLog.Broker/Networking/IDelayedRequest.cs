namespace PerfLog.Broker.Networking;

/// <summary>A request that waits for data or time before it is answered.</summary>
internal interface IDelayedRequest
{
    /// <summary>
    /// The connection is gone: stop waiting and complete the request, if that has not happened already. Any thread.
    /// </summary>
    void Abandon();
}
