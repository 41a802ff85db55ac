namespace PerfLog.Metadata;

/// <summary>Why a read or a transaction was refused. These are expected outcomes; a store that broke throws instead.</summary>
public enum ZnodeError
{
    None = 0,

    /// <summary>The node, or the parent of a node to create, does not exist.</summary>
    NoNode,

    /// <summary>A node of that path exists already.</summary>
    NodeExists,

    /// <summary>The node's version is not the expected one: somebody else changed it meanwhile.</summary>
    BadVersion,

    /// <summary>The node to delete has children.</summary>
    NotEmpty,

    /// <summary>An ephemeral node may not have children.</summary>
    NoChildrenForEphemerals,

    /// <summary>A node's data, or the whole transaction, is over the limit of <see cref="ZnodeLimits"/>.</summary>
    TooLarge,

    /// <summary>The session has ended; its ephemeral nodes are gone.</summary>
    SessionEnded,
}
