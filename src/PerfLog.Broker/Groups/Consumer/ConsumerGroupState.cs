namespace PerfLog.Broker.Groups;

/// <summary>A consumer group's state; the names are those that ListGroups and ConsumerGroupDescribe give.</summary>
internal enum ConsumerGroupState
{
    /// <summary>Without members.</summary>
    Empty,

    /// <summary>Something changed for which no target was computed yet.</summary>
    Assigning,

    /// <summary>Some members are still on their way to their targets.</summary>
    Reconciling,

    Stable,

    /// <summary>Deleted, or moved to another broker.</summary>
    Dead,
}
