namespace PerfLog.Client.Cluster;

/// <summary>
/// What a connection is for. Answers come in the order of the requests, so that a quick question behind a long poll would
/// wait for it: each kind of waiting has a connection of its own.
/// </summary>
internal enum LinkLane
{
    /// <summary>Short questions.</summary>
    Requests,

    /// <summary>Produce requests, or fetches.</summary>
    Data,

    /// <summary>A group's coordinator: joins may wait for minutes.</summary>
    Group,

    /// <summary>Heartbeats, which must not wait behind a join.</summary>
    Heartbeat,
}
