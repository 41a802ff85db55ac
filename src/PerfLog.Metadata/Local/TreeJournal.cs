namespace PerfLog.Metadata;

/// <summary>
/// The durable side of a tree: a snapshot, then the transactions since, one frame for each group that was committed
/// together. Owned by the store; one call at a time.
/// </summary>
/// <remarks>
/// A crash can tear the last frame only, because each is durable before the next is written; so an unsound end is cut off,
/// but a sound frame behind an unsound one means damage to acknowledged transactions, and the journal is not opened.
/// </remarks>
internal sealed class TreeJournal : IDisposable
{
    /// <summary>A journal shorter than this is not worth rewriting.</summary>
    private const int RewriteBytesMin = 4 * 1024 * 1024;

    private readonly IJournalStorage _storage;
    private long _lengthBytes;
    private long _snapshotBytes;

    private TreeJournal(IJournalStorage storage) => _storage = storage;

    public string Name => _storage.Name;

    /// <summary>Opens the journal, or starts one, and answers the tree it leads to.</summary>
    public static TreeJournal Open(IJournalStorage storage, out ZnodeTree tree)
    {
        var journal = new TreeJournal(storage);
        byte[]? bytes = storage.Read();
        tree = bytes is null ? journal.Start() : journal.Replay(bytes);
        return journal;
    }

    /// <summary>Makes a group of transactions durable.</summary>
    public void Append(IReadOnlyList<ZnodeTransaction> transactions)
    {
        byte[] frame = JournalFrame.Around(TransactionCodec.Write(transactions));
        _storage.Append(frame);
        _lengthBytes += frame.Length;
    }

    /// <summary>Replaces the journal by a snapshot once the transactions in it outweigh the tree.</summary>
    public void RewriteIfGrown(ZnodeTree tree)
    {
        if (_lengthBytes - _snapshotBytes > Math.Max(RewriteBytesMin, _snapshotBytes)) Rewrite(tree);
    }

    public void Rewrite(ZnodeTree tree)
    {
        byte[] frame = JournalFrame.Around(SnapshotCodec.Write(tree));
        _storage.Replace(frame);
        _lengthBytes = _snapshotBytes = frame.Length;
    }

    public void Dispose() => _storage.Dispose();

    private ZnodeTree Start()
    {
        Rewrite(ZnodeTree.Empty);
        return ZnodeTree.Empty;
    }

    private ZnodeTree Replay(byte[] bytes)
    {
        ZnodeTree tree = ReadSnapshot(bytes, out int position);
        _snapshotBytes = position;
        while (JournalFrame.TryRead(bytes.AsSpan(position), out ReadOnlySpan<byte> body))
        {
            tree = Redo(tree, body, position);
            position += JournalFrame.HeaderBytes + body.Length;
        }

        if (position < bytes.Length) CutTornEnd(bytes, position);
        _lengthBytes = position;
        return tree;
    }

    private ZnodeTree ReadSnapshot(byte[] bytes, out int position)
    {
        if (!JournalFrame.TryRead(bytes, out ReadOnlySpan<byte> body)) throw Corrupt(0, "the snapshot is damaged");
        position = JournalFrame.HeaderBytes + body.Length;
        return SnapshotCodec.Read(body, out string? failure) ?? throw Corrupt(0, failure!);
    }

    private ZnodeTree Redo(ZnodeTree tree, ReadOnlySpan<byte> body, int position)
    {
        IReadOnlyList<ZnodeTransaction> transactions = TransactionCodec.Read(body, out string? failure);
        if (failure is not null) throw Corrupt(position, failure);
        foreach (ZnodeTransaction transaction in transactions)
        {
            if (transaction.Zxid <= tree.LastZxid) throw Corrupt(position, $"transaction {transaction.Zxid} comes twice");
            TreeCommit commit = tree.Apply(transaction);
            if (!commit.Result.Succeeded)
                throw Corrupt(position, $"transaction {transaction.Zxid} no longer applies: {commit.Result.Error}");
            tree = commit.Tree;
        }

        return tree;
    }

    private void CutTornEnd(byte[] bytes, int position)
    {
        if (JournalFrame.AnyIn(bytes.AsSpan(position + 1)))
            throw Corrupt(position, "the frame is damaged, and sound ones follow it");
        _storage.Cut(position);
    }

    private CorruptMetadataException Corrupt(int position, string reason) =>
        new($"{Name} at byte {position}: {reason}.");
}
