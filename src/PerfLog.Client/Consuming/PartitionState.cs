namespace PerfLog.Client.Consuming;

/// <summary>
/// One assigned partition: what was handed out, what is fetched and waits, and where the next fetch goes. Behind the lock of
/// its <see cref="ConsumerAssignment"/>. Handing out and seeking are the polling thread's, fetching is the broker's loop's; a
/// seek drops what is fetched, and an answer to a fetch from elsewhere is dropped when it comes.
/// </summary>
internal sealed class PartitionState(TopicPartition partition)
{
    /// <summary>Answers that wait; two, so that one is fetched while the other is polled.</summary>
    private const int ChunksMax = 2;

    private readonly Queue<FetchedChunk> _chunks = new();

    public TopicPartition Partition { get; } = partition;

    /// <summary>The next record to hand out; null when it is still to be found.</summary>
    public OffsetPosition? Position { get; private set; }

    /// <summary>Where the next fetch starts: behind all that is fetched.</summary>
    public OffsetPosition FetchFrom { get; private set; }

    public bool IsPaused { get; set; }

    /// <summary>The question whose answer is its position, when that was asked for; else the committed one or the policy's.</summary>
    public OffsetSpec? ResetTo { get; set; }

    /// <summary>Before this timestamp of the clock nothing is fetched, because of an error.</summary>
    public long NotBefore { get; set; }

    public Offset HighWatermark { get; set; } = Offset.None;

    public Offset LastStableOffset { get; set; } = Offset.None;

    public Offset LogStart { get; set; } = Offset.None;

    /// <summary>A replica that the leader recommended, and until when.</summary>
    public BrokerId ReadReplica { get; set; } = BrokerId.None;

    public long ReadReplicaUntil { get; set; }

    /// <summary>The leader's epoch under which <see cref="FetchFrom"/> was last known to lie in its log.</summary>
    public LeaderEpoch ProvenEpoch { get; set; } = LeaderEpoch.None;

    /// <summary>Whether a new leader has to be asked first if its log is the one that was read so far.</summary>
    public bool IsUnproven(LeaderEpoch leader) =>
        FetchFrom.Epoch != LeaderEpoch.None && leader != LeaderEpoch.None && leader > ProvenEpoch;

    /// <summary>What went wrong for good; the next poll throws it.</summary>
    public Exception? Failure { get; set; }

    public FetchedChunk? First => _chunks.TryPeek(out FetchedChunk? chunk) ? chunk : null;

    /// <summary>As far as the last answer told, there is nothing more to fetch.</summary>
    public bool IsAtEnd => HighWatermark != Offset.None && FetchFrom.Offset >= HighWatermark;

    public bool HasRoom => _chunks.Count < ChunksMax;

    /// <summary>Goes to a place; what was fetched is dropped.</summary>
    /// <returns>The bytes that waited.</returns>
    public int MoveTo(OffsetPosition position)
    {
        (Position, FetchFrom, ResetTo, NotBefore, Failure, ProvenEpoch) = (position, position, null, 0, null, LeaderEpoch.None);
        return DropChunks();
    }

    /// <summary>Forgets the place; what was fetched is dropped.</summary>
    /// <param name="question">Where to look for it: a time or one of the protocol's special values; null as on first use.</param>
    public int ForgetPosition(OffsetSpec? question)
    {
        (Position, ResetTo, NotBefore, Failure) = (null, question, 0, null);
        return DropChunks();
    }

    public void Add(FetchedChunk owned, OffsetPosition next)
    {
        _chunks.Enqueue(owned);
        FetchFrom = next;
    }

    public void Advance(OffsetPosition next) => Position = next;

    /// <summary>Takes out the first chunk, when all of it was handed out.</summary>
    public int DropFirst()
    {
        FetchedChunk chunk = _chunks.Dequeue();
        chunk.Dispose();
        return chunk.SizeBytes;
    }

    private int DropChunks()
    {
        int bytes = 0;
        while (_chunks.Count > 0) bytes += DropFirst();
        return bytes;
    }
}
