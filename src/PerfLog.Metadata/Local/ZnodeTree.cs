using System.Collections.Immutable;

namespace PerfLog.Metadata;

/// <summary>A transaction with all that decides its effect, so that carrying it out again gives the same tree.</summary>
internal sealed record ZnodeTransaction(
    Zxid Zxid, TimestampMs Time, SessionId Session, IReadOnlyList<ZnodeChange> Changes);

/// <summary>A transaction's result, the tree after it, and what watches are told. Refused, the tree is the old one.</summary>
internal sealed record TreeCommit(CommitResult Result, ZnodeTree Tree, IReadOnlyList<ZnodeEvent> Events);

/// <summary>
/// All nodes as of one transaction. Immutable: a transaction makes a new tree that shares all it did not change, so readers
/// need no lock, and a refused transaction leaves no trace.
/// </summary>
internal sealed class ZnodeTree(ImmutableDictionary<string, TreeNode> nodes, Zxid lastZxid)
{
    public static readonly ZnodeTree Empty = new(
        ImmutableDictionary.Create<string, TreeNode>(StringComparer.Ordinal)
            .Add(ZnodePath.Root, TreeNode.New(default, SessionId.None, default, default)),
        default);

    public ImmutableDictionary<string, TreeNode> Nodes { get; } = nodes;

    public Zxid LastZxid { get; } = lastZxid;

    public TreeNode? Find(string path) => Nodes.GetValueOrDefault(path);

    /// <summary>The ephemeral nodes of a session, or of all when it is none.</summary>
    public IEnumerable<string> Ephemerals(SessionId owner) =>
        from node in Nodes
        where node.Value.Stat.IsEphemeral && (owner == SessionId.None || node.Value.Stat.EphemeralOwner == owner)
        orderby node.Key
        select node.Key;

    public TreeCommit Apply(ZnodeTransaction transaction)
    {
        var edit = new TreeEdit(Nodes, transaction);
        for (int index = 0; index < transaction.Changes.Count; index++)
        {
            ZnodeError error = edit.Apply(transaction.Changes[index]);
            if (error != ZnodeError.None) return new TreeCommit(CommitResult.Failed(error, index), this, []);
        }

        var result = new CommitResult(ZnodeError.None, -1, transaction.Zxid, edit.Outcomes);
        return new TreeCommit(result, new ZnodeTree(edit.Nodes, transaction.Zxid), edit.Events);
    }
}
