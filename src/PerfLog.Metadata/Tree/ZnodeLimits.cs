namespace PerfLog.Metadata;

/// <summary>What a metadata store accepts at most.</summary>
public static class ZnodeLimits
{
    /// <summary>A node's data, as ZooKeeper limits it by default.</summary>
    public const int DataBytesMax = 0xfffff;

    /// <summary>A node's path in UTF-8.</summary>
    public const int PathBytesMax = 4096;

    /// <summary>All paths and data of one transaction: room for a topic of 10,000 partitions, several times over.</summary>
    public const int TransactionBytesMax = 16 * 1024 * 1024;

    /// <summary>Events that wait for the reader of one watch. When more come the reader is told to read all again.</summary>
    public const int WatchEventsMax = 65_536;
}
