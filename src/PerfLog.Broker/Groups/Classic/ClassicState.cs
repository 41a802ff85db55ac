namespace PerfLog.Broker.Groups;

/// <summary>Where a group of the classic protocol stands. The names are Kafka's and go out to clients.</summary>
internal enum ClassicState
{
    /// <summary>No members; there may be offsets.</summary>
    Empty,

    /// <summary>Waiting for the members to join the next generation.</summary>
    PreparingRebalance,

    /// <summary>All have joined; waiting for the leader's assignment.</summary>
    CompletingRebalance,

    /// <summary>Every member has, or can get, its assignment.</summary>
    Stable,

    /// <summary>Gone.</summary>
    Dead,
}
