namespace PerfLog.Broker.Groups;

/// <summary>How far a member is on its way to what it is to have. The numbers are those of its records.</summary>
internal enum ConsumerMemberState : sbyte
{
    /// <summary>It has what its epoch gives it.</summary>
    Stable = 0,

    /// <summary>It has yet to say that it gave partitions up.</summary>
    UnrevokedPartitions = 1,

    /// <summary>It waits for partitions that others have not given up yet.</summary>
    UnreleasedPartitions = 2,
}
