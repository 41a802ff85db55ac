namespace PerfLog.Metadata;

/// <summary>Counts the changes of one node's data, from 0.</summary>
public readonly record struct ZnodeVersion(int Value)
{
    /// <summary>Expected by a change that does not care.</summary>
    public static readonly ZnodeVersion Any = new(-1);

    public override string ToString() => Value.ToString();
}

/// <summary>The place of a transaction in the order of all transactions of a store.</summary>
public readonly record struct Zxid(long Value) : IComparable<Zxid>
{
    public static Zxid operator +(Zxid zxid, long count) => new(zxid.Value + count);

    public static bool operator <(Zxid left, Zxid right) => left.Value < right.Value;

    public static bool operator >(Zxid left, Zxid right) => left.Value > right.Value;

    public static bool operator <=(Zxid left, Zxid right) => left.Value <= right.Value;

    public static bool operator >=(Zxid left, Zxid right) => left.Value >= right.Value;

    public int CompareTo(Zxid other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString();
}

/// <summary>Names a session to the owner field of its ephemeral nodes.</summary>
public readonly record struct SessionId(long Value)
{
    /// <summary>The owner of a persistent node.</summary>
    public static readonly SessionId None = new(0);

    public override string ToString() => $"0x{Value:x}";
}

/// <summary>What is known of a node besides its data; the fields are ZooKeeper's.</summary>
/// <param name="Created">The transaction that created the node.</param>
/// <param name="Modified">The last one that set its data.</param>
/// <param name="ChildrenModified">The last one that created or deleted a child.</param>
/// <param name="CreatedAt">When the node was created.</param>
/// <param name="ModifiedAt">When its data was last set.</param>
/// <param name="Version">Changes of the data.</param>
/// <param name="ChildrenVersion">Creations and deletions of children.</param>
/// <param name="EphemeralOwner">The session that an ephemeral node ends with.</param>
/// <param name="ChildrenCount">The children there are.</param>
public sealed record ZnodeStat(
    Zxid Created,
    Zxid Modified,
    Zxid ChildrenModified,
    TimestampMs CreatedAt,
    TimestampMs ModifiedAt,
    ZnodeVersion Version,
    int ChildrenVersion,
    SessionId EphemeralOwner,
    int ChildrenCount)
{
    public bool IsEphemeral => EphemeralOwner != SessionId.None;
}

/// <summary>A node as one read saw it. The data never changes under the reader.</summary>
public sealed record Znode(ReadOnlyMemory<byte> Data, ZnodeStat Stat);
