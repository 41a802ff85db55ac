using PerfLog.Buffers;
using PerfLog.Replication;
using PerfLog.Storage;

namespace PerfLog.Broker.Fetching;

/// <summary>
/// One partition of one fetch: what the client asked, and what the last look at the log gave. A session keeps its targets
/// between requests; a request without a session borrows them from its <see cref="DelayedFetch"/>. One thread at a time.
/// </summary>
internal sealed class FetchTarget
{
    /// <summary>This target's place among the partition's waiters.</summary>
    public readonly PartitionWait Wait = new();

    /// <summary>The topic's name; empty where the client named an id that is not known.</summary>
    public string TopicName { get; set; } = "";

    public Uuid TopicId { get; set; }

    public int PartitionIndex { get; set; }

    public Offset FetchOffset { get; set; }

    public int BytesMax { get; set; }

    public LeaderEpoch CurrentLeaderEpoch { get; set; }

    public LeaderEpoch LastFetchedEpoch { get; set; }

    /// <summary>The partition, once found; looked up again for each request.</summary>
    public Partition? Partition { get; set; }

    /// <summary>What to answer where there is no such partition: topics named by id have an error of their own.</summary>
    public ErrorCode ErrorWhenMissing { get; set; }

    public ErrorCode Error { get; set; }

    public Offset HighWatermark { get; set; }

    public Offset LastStableOffset { get; set; }

    public Offset LogStartOffset { get; set; }

    /// <summary>Set where the client's log has diverged from ours; <see cref="LeaderEpoch.None"/> otherwise.</summary>
    public LeaderEpoch DivergingEpoch { get; set; }

    public Offset DivergingEndOffset { get; set; }

    /// <summary>The bytes found; empty where there are none.</summary>
    public FileRegion Region { get; set; }

    /// <summary>The transactions to skip, for a read_committed fetch; null for any other.</summary>
    public IReadOnlyList<AbortedTransaction>? Aborted { get; set; }

    /// <summary>The records in an old message format, for clients that know no other; takes the region's place.</summary>
    public GrowingBuffer? Converted { get; set; }

    public bool HasRegion => Region.Length > 0;

    /// <summary>The bytes found, kept after the region was handed over.</summary>
    public int BytesFound { get; set; }

    /// <summary>More lies behind the bytes found, in another segment: waiting would not add to them.</summary>
    public bool HasMoreBehind { get; set; }

    /// <summary>What the last answer of the session said, so that an incremental answer can leave the same out.</summary>
    public Offset AnsweredHighWatermark { get; set; } = Offset.None;

    public Offset AnsweredLogStartOffset { get; set; } = Offset.None;

    public LinkedListNode<FetchTarget>? SessionNode { get; set; }

    /// <summary>True where an incremental answer has to name the partition.</summary>
    public bool HasNews =>
        HasRegion || Error != ErrorCode.None || DivergingEpoch != LeaderEpoch.None
        || HighWatermark != AnsweredHighWatermark || LogStartOffset != AnsweredLogStartOffset;

    public void MarkAnswered()
    {
        // After an error the client's view is unknown, so the next good answer is said in any case.
        AnsweredHighWatermark = Error == ErrorCode.None ? HighWatermark : Offset.None;
        AnsweredLogStartOffset = Error == ErrorCode.None ? LogStartOffset : Offset.None;
    }

    /// <summary>Forgets what was found and gives the file region back.</summary>
    public void ClearResult()
    {
        if (HasRegion) Region.Release();
        Region = default;
        Aborted = null;
        BytesFound = 0;
        HasMoreBehind = false;
        Error = ErrorCode.None;
        HighWatermark = LastStableOffset = LogStartOffset = Offset.None;
        DivergingEpoch = LeaderEpoch.None;
        DivergingEndOffset = Offset.None;
    }

    /// <summary>Hands the region over to an answer.</summary>
    public FileRegion TakeRegion()
    {
        FileRegion region = Region;
        Region = default;
        return region;
    }

    public void SetError(ErrorCode error)
    {
        ClearResult();
        Error = error;
    }
}
