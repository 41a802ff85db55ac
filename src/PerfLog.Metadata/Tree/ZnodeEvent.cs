namespace PerfLog.Metadata;

public enum ZnodeEventKind : byte
{
    Created,
    DataChanged,
    Deleted,

    /// <summary>Events were lost (too many waited, or the connection broke): read everything watched again.</summary>
    Lost,
}

/// <summary>Something happened to a node. It says what, not how it looks now: read it.</summary>
public readonly record struct ZnodeEvent(ZnodeEventKind Kind, string Path);

/// <summary>How far a watch looks.</summary>
public enum WatchScope : byte
{
    /// <summary>The node alone.</summary>
    Node,

    /// <summary>The node and everything below it.</summary>
    Subtree,
}
