using System.Collections.Immutable;

namespace PerfLog.Metadata;

/// <summary>One transaction being carried out on a tree's nodes. Thrown away when a change is refused.</summary>
internal sealed class TreeEdit(ImmutableDictionary<string, TreeNode> nodes, ZnodeTransaction transaction)
{
    private readonly ImmutableDictionary<string, TreeNode>.Builder _nodes = nodes.ToBuilder();
    private readonly ImmutableArray<ChangeOutcome>.Builder _outcomes =
        ImmutableArray.CreateBuilder<ChangeOutcome>(transaction.Changes.Count);

    private readonly List<ZnodeEvent> _events = [];

    public ImmutableDictionary<string, TreeNode> Nodes => _nodes.ToImmutable();

    public ImmutableArray<ChangeOutcome> Outcomes => _outcomes.ToImmutable();

    public IReadOnlyList<ZnodeEvent> Events => _events;

    public ZnodeError Apply(ZnodeChange change) => change switch
    {
        ZnodeChange.Create create => Create(create),
        ZnodeChange.SetData set => SetData(set),
        ZnodeChange.Delete delete => Delete(delete),
        ZnodeChange.Check check => Check(check),
        _ => throw new InvalidOperationException($"Unknown change {change.GetType().Name}."),
    };

    private ZnodeError Create(ZnodeChange.Create create)
    {
        if (create.Path == ZnodePath.Root) return ZnodeError.NodeExists;
        if (create.Data.Length > ZnodeLimits.DataBytesMax) return ZnodeError.TooLarge;
        string parentPath = ZnodePath.Parent(create.Path);
        if (!_nodes.TryGetValue(parentPath, out TreeNode? parent)) return ZnodeError.NoNode;
        if (parent.Stat.IsEphemeral) return ZnodeError.NoChildrenForEphemerals;

        string path = create.Mode.HasFlag(ZnodeMode.Sequential) ? $"{create.Path}{parent.ChildrenCreated:D10}" : create.Path;
        if (_nodes.ContainsKey(path)) return ZnodeError.NodeExists;

        SessionId owner = create.Mode.HasFlag(ZnodeMode.Ephemeral) ? transaction.Session : SessionId.None;
        _nodes[path] = TreeNode.New(create.Data.ToArray(), owner, transaction.Zxid, transaction.Time);
        _nodes[parentPath] = parent.WithChild(ZnodePath.Name(path), transaction.Zxid);
        return Done(ZnodeEventKind.Created, path, new ZnodeVersion(0));
    }

    private ZnodeError SetData(ZnodeChange.SetData set)
    {
        if (set.Data.Length > ZnodeLimits.DataBytesMax) return ZnodeError.TooLarge;
        ZnodeError error = Find(set.Path, set.Expected, out TreeNode? node);
        if (error != ZnodeError.None) return error;

        TreeNode changed = node!.WithData(set.Data.ToArray(), transaction.Zxid, transaction.Time);
        _nodes[set.Path] = changed;
        return Done(ZnodeEventKind.DataChanged, set.Path, changed.Stat.Version);
    }

    private ZnodeError Delete(ZnodeChange.Delete delete)
    {
        ZnodeError error = Find(delete.Path, delete.Expected, out TreeNode? node);
        if (error != ZnodeError.None) return error;
        if (node!.Children.Count > 0) return ZnodeError.NotEmpty;

        string parentPath = ZnodePath.Parent(delete.Path);
        _nodes.Remove(delete.Path);
        _nodes[parentPath] = _nodes[parentPath].WithoutChild(ZnodePath.Name(delete.Path), transaction.Zxid);
        return Done(ZnodeEventKind.Deleted, delete.Path, node.Stat.Version);
    }

    private ZnodeError Check(ZnodeChange.Check check)
    {
        ZnodeError error = Find(check.Path, check.Expected, out TreeNode? node);
        if (error == ZnodeError.None) _outcomes.Add(new ChangeOutcome(check.Path, node!.Stat.Version));
        return error;
    }

    private ZnodeError Find(string path, ZnodeVersion expected, out TreeNode? node)
    {
        if (!_nodes.TryGetValue(path, out node)) return ZnodeError.NoNode;
        bool matches = expected == ZnodeVersion.Any || expected == node.Stat.Version;
        return matches ? ZnodeError.None : ZnodeError.BadVersion;
    }

    private ZnodeError Done(ZnodeEventKind kind, string path, ZnodeVersion version)
    {
        _outcomes.Add(new ChangeOutcome(path, version));
        _events.Add(new ZnodeEvent(kind, path));
        return ZnodeError.None;
    }
}
