namespace PerfLog.Client.Consuming;

/// <summary>
/// How urgent a fetch from one broker is. A broker may hold back its answer until something comes to the partitions that it was
/// asked for; while it does, nothing else is fetched from it. So it may not be let wait while a partition that it was not asked for,
/// because enough of it is here already, is about to be emptied.
/// </summary>
internal enum FetchPace
{
    /// <summary>There is nothing to fetch.</summary>
    Nothing,

    /// <summary>Only partitions at their end have room, others have enough for now: those at their end are looked after now and then.</summary>
    NowAndThen,

    /// <summary>Something is there, and the answer is not to wait for more.</summary>
    AtOnce,

    /// <summary>All partitions have room: the answer may wait for what comes.</summary>
    MayWait,
}
