using System.Collections.Immutable;

namespace PerfLog.Metadata;

/// <summary>A node of <see cref="ZnodeTree"/>. Immutable.</summary>
/// <param name="Data">The tree's own copy.</param>
/// <param name="Stat">Its child count is that of <paramref name="Children"/>.</param>
/// <param name="ChildrenCreated">Numbers sequential children; unlike the children's version it counts creations only.</param>
/// <param name="Children">Names, not paths.</param>
internal sealed record TreeNode(
    ReadOnlyMemory<byte> Data,
    ZnodeStat Stat,
    int ChildrenCreated,
    ImmutableSortedSet<string> Children)
{
    public static readonly ImmutableSortedSet<string> NoChildren = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    public static TreeNode New(ReadOnlyMemory<byte> data, SessionId owner, Zxid zxid, TimestampMs now) =>
        new(data, new ZnodeStat(zxid, zxid, zxid, now, now, new ZnodeVersion(0), 0, owner, 0), 0, NoChildren);

    public TreeNode WithChild(string name, Zxid zxid) =>
        WithChildren(Children.Add(name), zxid) with { ChildrenCreated = ChildrenCreated + 1 };

    public TreeNode WithoutChild(string name, Zxid zxid) => WithChildren(Children.Remove(name), zxid);

    public TreeNode WithData(ReadOnlyMemory<byte> data, Zxid zxid, TimestampMs now) => this with
    {
        Data = data,
        Stat = Stat with { Modified = zxid, ModifiedAt = now, Version = new ZnodeVersion(Stat.Version.Value + 1) },
    };

    private TreeNode WithChildren(ImmutableSortedSet<string> children, Zxid zxid) => this with
    {
        Children = children,
        Stat = Stat with
        {
            ChildrenModified = zxid,
            ChildrenVersion = Stat.ChildrenVersion + 1,
            ChildrenCount = children.Count,
        },
    };
}
