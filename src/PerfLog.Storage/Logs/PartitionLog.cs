namespace PerfLog.Storage;

/// <summary>
/// The log of one partition: a folder of segments that batches are appended to and read from by offset. Made and owned
/// by a <see cref="LogDirectory"/>. Every member may be called from any thread; reads take no lock, appends are
/// combined, everything that changes the log otherwise waits for the writer.
/// </summary>
public sealed class PartitionLog
{
    /// <summary>The partition.</summary>
    public TopicPartition Partition => throw new NotImplementedException();

    /// <summary>The topic's id, as in <c>partition.metadata</c>.</summary>
    public Uuid TopicId => throw new NotImplementedException();

    /// <summary>The log's settings; may be replaced at any time and take effect with the next append or housekeeping.</summary>
    public LogOptions Options { get => throw new NotImplementedException(); set => throw new NotImplementedException(); }

    /// <summary>The first offset that may be read.</summary>
    public Offset LogStartOffset => throw new NotImplementedException();

    /// <summary>The offset that the next record gets.</summary>
    public Offset EndOffset => throw new NotImplementedException();

    /// <summary>The end of what is committed; consumers read below it.</summary>
    public Offset HighWatermark => throw new NotImplementedException();

    /// <summary>The end of what is committed and belongs to no undecided transaction.</summary>
    public Offset LastStableOffset => throw new NotImplementedException();

    /// <summary>The highest leader epoch in the log; none in an empty one.</summary>
    public LeaderEpoch LatestEpoch => throw new NotImplementedException();

    /// <summary>All below is on the disk for sure.</summary>
    public Offset RecoveryPoint => throw new NotImplementedException();

    /// <summary>The bytes of all segments' log files.</summary>
    public long SizeBytes => throw new NotImplementedException();

    /// <summary>The number of segments.</summary>
    public int SegmentCount => throw new NotImplementedException();

    /// <summary>
    /// Appends one validated batch as leader: checks the producer's sequence, assigns the offset and the epoch in place, and
    /// writes. Concurrent appends are written together. The bytes are borrowed until the task completes; it completes when
    /// they are in the file (and flushed, when <c>flush.messages</c> asks for it).
    /// </summary>
    public ValueTask<AppendResult> AppendAsync(
        Memory<byte> batch, LeaderEpoch epoch, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Appends batches that a leader has numbered; a trailing part of a batch is left out.</summary>
    public AppendResult AppendAsFollower(ReadOnlyMemory<byte> batches) => throw new NotImplementedException();

    /// <summary>
    /// Finds whole batches, starting with the one that holds <paramref name="from"/>. They lie in one segment; the
    /// rest is found by reading on from the next offset.
    /// </summary>
    /// <param name="from">From the log start offset to the end offset.</param>
    /// <param name="maxBytes">The most bytes wanted.</param>
    /// <param name="upperBound">No batch that reaches it or lies beyond is returned.</param>
    /// <param name="atLeastOneBatch">Return the first batch even when it is larger than <paramref name="maxBytes"/>.</param>
    public LogReadResult Read(Offset from, int maxBytes, Offset upperBound, bool atLeastOneBatch) => throw new NotImplementedException();

    /// <summary>The first record with this time or a later one; null when there is none.</summary>
    public OffsetAtTime? FindByTimestamp(TimestampMs timestamp) => throw new NotImplementedException();

    /// <summary>The (first) record with the highest time; null in a log without times.</summary>
    public OffsetAtTime? FindMaxTimestamp() => throw new NotImplementedException();

    /// <summary>Moves the high watermark forward, at most to the end; it never goes back.</summary>
    /// <returns>Whether it moved.</returns>
    public bool AdvanceHighWatermark(Offset offset) => throw new NotImplementedException();

    /// <summary>Moves the log start offset to <paramref name="offset"/> (at most to the high watermark) and deletes the
    /// segments wholly below it. A lower offset than now changes nothing.</summary>
    public DeleteRecordsResult DeleteRecordsBefore(Offset offset) => throw new NotImplementedException();

    /// <summary>Where the records of the epoch, or of the nearest one below it, end.</summary>
    public EpochEndOffset EndOffsetFor(LeaderEpoch epoch) => throw new NotImplementedException();

    /// <summary>Notes that records from the end on are of this epoch.</summary>
    public void BecomeLeader(LeaderEpoch epoch) => throw new NotImplementedException();

    /// <summary>Removes all records from an offset on; it must be the start of a batch or the log's end or beyond it.</summary>
    public void TruncateTo(Offset offset) => throw new NotImplementedException();

    /// <summary>Removes everything; the log starts anew at an offset.</summary>
    public void TruncateFullyAndStartAt(Offset offset) => throw new NotImplementedException();

    /// <summary>Makes all that was appended durable and moves the recovery point to the end.</summary>
    public void Flush() => throw new NotImplementedException();

    /// <summary>The aborted transactions with records in [from, upTo).</summary>
    public IReadOnlyList<AbortedTransaction> AbortedTransactions(Offset from, Offset upTo) => throw new NotImplementedException();

    /// <summary>What is known of each producer now.</summary>
    public IReadOnlyList<ProducerDescription> DescribeProducers() => throw new NotImplementedException();
}
