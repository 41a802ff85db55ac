using System.Buffers;
using System.Collections.Immutable;
using PerfLog.Wire;

namespace PerfLog.Metadata;

/// <summary>
/// The body of the frame that every journal starts with: a whole tree.
/// <code>
/// kind int8 = 1 | last zxid int64 | nodes int32 | nodes × node
/// node: path compact string | data compact bytes | created, modified, children modified int64 |
///       created at, modified at int64 | version int32 | children version int32 | owner int64 | children created int32
/// </code>
/// The children are not written: the paths tell them.
/// </summary>
internal static class SnapshotCodec
{
    public const byte Kind = 1;
    private const int NodeFixedBytes = (6 * sizeof(long)) + (3 * sizeof(int));

    public static ReadOnlySpan<byte> Write(ZnodeTree tree)
    {
        var body = new ArrayBufferWriter<byte>();
        var start = new WireWriter(body.GetSpan(13));
        start.WriteByte(Kind);
        start.WriteInt64(tree.LastZxid.Value);
        start.WriteInt32(tree.Nodes.Count);
        body.Advance(start.Position);
        foreach ((string path, TreeNode node) in tree.Nodes) WriteNode(body, path, node);
        return body.WrittenSpan;
    }

    /// <summary>Reads a tree, or says what is wrong.</summary>
    public static ZnodeTree? Read(ReadOnlySpan<byte> body, out string? failure)
    {
        var reader = new WireReader(body);
        if (reader.ReadByte() != Kind) reader.Fail("the frame is no snapshot");
        var lastZxid = new Zxid(reader.ReadInt64());
        int count = reader.ReadArrayLength(compact: false, NodeFixedBytes);
        var nodes = ImmutableDictionary.CreateBuilder<string, TreeNode>(StringComparer.Ordinal);
        for (int node = 0; node < count && !reader.Failed; node++)
        {
            string path = reader.ReadString(compact: true);
            nodes[path] = ReadNode(ref reader);
        }

        if (reader.Remaining > 0) reader.Fail("bytes follow the last node");
        if (!reader.Failed && !TryAddChildren(nodes)) reader.Fail("a node has no parent");
        failure = reader.Failure;
        return reader.Failed ? null : new ZnodeTree(nodes.ToImmutable(), lastZxid);
    }

    private static void WriteNode(ArrayBufferWriter<byte> body, string path, TreeNode node)
    {
        int size = WireSize.String(path, compact: true) + WireSize.Bytes(node.Data.Length, compact: true) + NodeFixedBytes;
        var writer = new WireWriter(body.GetSpan(size));
        writer.WriteString(path, compact: true);
        writer.WriteBytes(node.Data.Span, compact: true);
        writer.WriteInt64(node.Stat.Created.Value);
        writer.WriteInt64(node.Stat.Modified.Value);
        writer.WriteInt64(node.Stat.ChildrenModified.Value);
        writer.WriteInt64(node.Stat.CreatedAt.Value);
        writer.WriteInt64(node.Stat.ModifiedAt.Value);
        writer.WriteInt32(node.Stat.Version.Value);
        writer.WriteInt32(node.Stat.ChildrenVersion);
        writer.WriteInt64(node.Stat.EphemeralOwner.Value);
        writer.WriteInt32(node.ChildrenCreated);
        body.Advance(writer.Position);
    }

    private static TreeNode ReadNode(ref WireReader reader)
    {
        byte[] data = reader.ReadBytes(compact: true).ToArray();
        var created = new Zxid(reader.ReadInt64());
        var modified = new Zxid(reader.ReadInt64());
        var childrenModified = new Zxid(reader.ReadInt64());
        var createdAt = new TimestampMs(reader.ReadInt64());
        var modifiedAt = new TimestampMs(reader.ReadInt64());
        var version = new ZnodeVersion(reader.ReadInt32());
        int childrenVersion = reader.ReadInt32();
        var owner = new SessionId(reader.ReadInt64());
        int childrenCreated = reader.ReadInt32();
        var stat = new ZnodeStat(
            created, modified, childrenModified, createdAt, modifiedAt, version, childrenVersion, owner, ChildrenCount: 0);
        return new TreeNode(data, stat, childrenCreated, TreeNode.NoChildren);
    }

    private static bool TryAddChildren(ImmutableDictionary<string, TreeNode>.Builder nodes)
    {
        ILookup<string, string> childrenByParent = nodes.Keys
            .Where(static path => path != ZnodePath.Root)
            .ToLookup(ZnodePath.Parent, ZnodePath.Name, StringComparer.Ordinal);
        foreach (IGrouping<string, string> children in childrenByParent)
        {
            if (!nodes.TryGetValue(children.Key, out TreeNode? parent)) return false;
            ImmutableSortedSet<string> names = TreeNode.NoChildren.Union(children);
            nodes[children.Key] = parent with
            {
                Children = names,
                Stat = parent.Stat with { ChildrenCount = names.Count },
            };
        }

        return nodes.ContainsKey(ZnodePath.Root);
    }
}
