using Microsoft.Extensions.Logging;

namespace PerfLog.Storage;

/// <summary>
/// The log of one partition: a folder of segments that batches are appended to and read from by offset. Made and owned
/// by a <see cref="LogDirectory"/>. Every member may be called from any thread; reads take no lock, appends are
/// combined, everything that changes the log otherwise waits for the writer.
/// </summary>
/// <remarks>When the directory fails, appends and reads answer <see cref="ErrorCode.KafkaStorageError"/>, and the members
/// without an error code throw <see cref="DirectoryOfflineException"/>.</remarks>
public sealed partial class PartitionLog
{
    private readonly LogState _log;
    private readonly LogWriter _writer;
    private readonly LogFlush _flush;
    private readonly SegmentRoll _roll;
    private readonly AppendCombiner _combiner;
    private readonly LogRetention _retention;
    private readonly LogTruncation _truncation;

    internal PartitionLog(LogState log)
    {
        _log = log;
        _roll = new SegmentRoll(log);
        _writer = new LogWriter(log, _roll);
        _flush = new LogFlush(log);
        _combiner = new AppendCombiner(log, _writer, _flush);
        _retention = new LogRetention(log, _roll);
        _truncation = new LogTruncation(log);
    }

    /// <summary>The partition.</summary>
    public TopicPartition Partition => _log.Partition;

    /// <summary>The topic's id, as in <c>partition.metadata</c>; zero when the folder has none.</summary>
    public Uuid TopicId => _log.TopicId;

    /// <summary>The log's settings; may be replaced at any time and take effect with the next append or housekeeping.</summary>
    public LogOptions Options
    {
        get => _log.Options;
        set => _log.Options = value;
    }

    /// <summary>The first offset that may be read.</summary>
    public Offset LogStartOffset => _log.LogStart;

    /// <summary>The offset that the next record gets.</summary>
    public Offset EndOffset => _log.End;

    /// <summary>The end of what is committed; consumers read below it.</summary>
    public Offset HighWatermark => _log.HighWatermark;

    /// <summary>The end of what is committed and belongs to no undecided transaction.</summary>
    public Offset LastStableOffset => Offset.Min(_log.HighWatermark, _log.FirstUnstable);

    /// <summary>The highest leader epoch in the log; none in an empty one.</summary>
    public LeaderEpoch LatestEpoch => _log.Epochs.Latest;

    /// <summary>All below is on the disk for sure.</summary>
    public Offset RecoveryPoint => _log.RecoveryPoint;

    /// <summary>The bytes of all segments' log files.</summary>
    public long SizeBytes => _log.Segments.SizeBytes;

    /// <summary>The number of segments.</summary>
    public int SegmentCount => _log.Segments.Count;

    /// <summary>Whether appends are answered with <see cref="ErrorCode.KafkaStorageError"/> until the disk has room again.</summary>
    public bool IsDiskFull => _log.Surroundings.Space.IsFull;

    /// <summary>All below has been compacted; 0 when the log never was.</summary>
    public Offset CompactedUpTo => _log.Compaction.CleanedUpTo;

    /// <summary>What the last compaction did; null when there was none since the log was opened.</summary>
    public CompactionResult? LastCompaction => _log.Compaction.Last;

    /// <summary>Why the log is not compacted any more until it is opened again; null while nothing is wrong.</summary>
    public string? CompactionFault => _log.Compaction.Fault;

    internal LogState State => _log;

    internal LogFlush Flushing => _flush;

    /// <summary>
    /// Appends one validated batch as leader: checks the producer's sequence, assigns the offset and the epoch in place, and
    /// writes. Concurrent appends are written together. The bytes are borrowed until the task completes; it completes when
    /// they are in the file (and flushed, when <c>flush.messages</c> asks for it).
    /// </summary>
    /// <param name="batch">One whole batch. Its base offset and leader epoch are overwritten.</param>
    /// <param name="epoch">The leader's epoch; lower than <see cref="LatestEpoch"/> it is refused.</param>
    /// <param name="cancellation">Looked at once, before the append: what is queued is appended.</param>
    public ValueTask<AppendResult> AppendAsync(
        Memory<byte> batch, LeaderEpoch epoch, CancellationToken cancellation = default) =>
        cancellation.IsCancellationRequested
            ? ValueTask.FromCanceled<AppendResult>(cancellation)
            : _combiner.AppendAsync(batch, epoch);

    /// <summary>Appends batches that a leader has numbered; a trailing part of a batch is left out.</summary>
    /// <returns>An error for a batch that does not follow the end; those before it are appended.</returns>
    public AppendResult AppendAsFollower(ReadOnlyMemory<byte> batches)
    {
        AppendResult result = WriteAsFollower(batches);
        if (result.NextOffset == Offset.None) return result;
        try
        {
            _flush.FlushIfManyWait();
            return result;
        }
        catch (Exception cause)
        {
            _log.Surroundings.Failure.Record(cause);
            return AppendResult.Failed(ErrorCode.KafkaStorageError);
        }
    }

    /// <summary>
    /// Finds whole batches, starting with the one that holds <paramref name="from"/>. They lie in one segment; the
    /// rest is found by reading on from the next offset.
    /// </summary>
    /// <param name="from">From the log start offset to the end offset.</param>
    /// <param name="maxBytes">The most bytes wanted.</param>
    /// <param name="upperBound">No batch that reaches it or lies beyond is returned.</param>
    /// <param name="atLeastOneBatch">Return the first batch even when it is larger than <paramref name="maxBytes"/>.</param>
    public LogReadResult Read(Offset from, int maxBytes, Offset upperBound, bool atLeastOneBatch)
    {
        if (_log.Surroundings.Failure.IsOffline) return LogReadResult.Failed(ErrorCode.KafkaStorageError);
        try
        {
            return LogReader.Read(_log, from, maxBytes, upperBound, atLeastOneBatch);
        }
        catch (CorruptLogException damage)
        {
            // What else is in the directory can be read all the same.
            LogDamaged(_log.Surroundings.Logger, damage);
            return LogReadResult.Failed(ErrorCode.CorruptMessage);
        }
        catch (IOException cause)
        {
            _log.Surroundings.Failure.Record(cause);
            return LogReadResult.Failed(ErrorCode.KafkaStorageError);
        }
    }

    /// <summary>The first record with this time or a later one; null when there is none.</summary>
    public OffsetAtTime? FindByTimestamp(TimestampMs timestamp) =>
        _log.Surroundings.Failure.Guard(static asked => TimestampSearch.Find(asked.Log, asked.Timestamp), (Log: _log, Timestamp: timestamp));

    /// <summary>The (first) record with the highest time; null in a log without times.</summary>
    public OffsetAtTime? FindMaxTimestamp()
    {
        TimestampMs highest = TimestampSearch.Highest(_log);
        return highest.Value < 0 ? null : FindByTimestamp(highest);
    }

    /// <summary>Moves the high watermark forward, at most to the end; it never goes back.</summary>
    /// <returns>Whether it moved.</returns>
    public bool AdvanceHighWatermark(Offset offset)
    {
        if (!_log.TryRaiseHighWatermark(offset)) return false;
        if (_log.FirstUnstable.Value == long.MaxValue) return true;
        lock (_log.Writer)
        {
            _log.Producers.Transactions.Replicated(_log.HighWatermark);
            _log.PublishFirstUnstable();
        }

        return true;
    }

    /// <summary>
    /// Moves the log start offset and deletes the segments wholly below it. A lower offset than now changes nothing; one
    /// above the high watermark is <see cref="ErrorCode.OffsetOutOfRange"/>.
    /// </summary>
    public DeleteRecordsResult DeleteRecordsBefore(Offset offset)
    {
        if (_log.Surroundings.Failure.IsOffline) return new DeleteRecordsResult(ErrorCode.KafkaStorageError, Offset.None);
        if (offset > _log.HighWatermark) return new DeleteRecordsResult(ErrorCode.OffsetOutOfRange, Offset.None);
        try
        {
            Change(() => _retention.MoveStart(offset));
            return new DeleteRecordsResult(ErrorCode.None, _log.LogStart);
        }
        catch (IOException)
        {
            return new DeleteRecordsResult(ErrorCode.KafkaStorageError, Offset.None);
        }
    }

    /// <summary>Where the records of the epoch, or of the nearest one below it, end.</summary>
    public EpochEndOffset EndOffsetFor(LeaderEpoch epoch) => _log.Epochs.EndOffsetFor(epoch, _log.End);

    /// <summary>Notes that records from the end on are of this epoch.</summary>
    public void BecomeLeader(LeaderEpoch epoch) => Change(() => _log.Epochs.Assign(epoch, _log.End));

    /// <summary>
    /// Removes all records from an offset on. Below the log start offset the log starts anew there; at or past the end
    /// nothing changes. Inside a batch the whole batch goes, and the end is its first offset.
    /// </summary>
    public void TruncateTo(Offset offset) => Change(() => _truncation.TruncateTo(offset));

    /// <summary>Removes everything; the log starts anew at an offset.</summary>
    public void TruncateFullyAndStartAt(Offset offset) => Change(() => _truncation.StartAt(offset));

    /// <summary>Makes all that was appended durable and moves the recovery point to the end.</summary>
    public void Flush()
    {
        _log.Surroundings.Failure.ThrowIfOffline();
        try
        {
            _flush.Flush();
        }
        catch (Exception cause)
        {
            // Not by a guard: who flushes each append must not allocate for it.
            _log.Surroundings.Failure.Record(cause);
            throw;
        }
    }

    /// <summary>The aborted transactions with records in [from, upTo).</summary>
    public IReadOnlyList<AbortedTransaction> AbortedTransactions(Offset from, Offset upTo)
    {
        List<AbortedTransaction> found = [];
        LogReader.CollectAborted(_log, from, upTo, found);
        return found;
    }

    /// <summary>What is known of each producer now.</summary>
    public IReadOnlyList<ProducerDescription> DescribeProducers()
    {
        lock (_log.Writer)
        {
            return [.. _log.Producers.Entries.Select(static entry => new ProducerDescription(
                entry.Id, entry.Epoch, entry.LastSequence, entry.LastTimestamp, entry.CoordinatorEpoch, entry.TransactionStart))];
        }
    }

    /// <summary>Writes a batch at the offset that it was given before. The log's end must be there.</summary>
    internal void WriteInOrder(ReadOnlySpan<Memory<byte>> batches, Offset baseOffset, LeaderEpoch epoch)
    {
        lock (_log.Writer)
        {
            _log.Surroundings.Failure.ThrowIfOffline();
            if (_log.IsClosed) throw new StorageException(_log.Folder, "the log was deleted or closed");
            if (_log.End != baseOffset)
                throw new InvalidOperationException($"{Partition}: records were given offsets from {baseOffset} on, but the log ends at {_log.End}.");
            _writer.Begin();
            foreach (Memory<byte> batch in batches)
            {
                AppendResult result = _writer.StageAsLeader(batch, epoch);
                if (result.Error != ErrorCode.None) throw new InvalidOperationException($"{Partition} refused a batch: {result.Error}.");
            }

            _writer.Commit();
        }

        AdvanceHighWatermark(_log.End);
    }

    /// <param name="now">The time of this moment.</param>
    /// <param name="appliesRetention">Whether old segments are looked for, too.</param>
    internal void RunHousekeeping(TimestampMs now, bool appliesRetention)
    {
        lock (_log.Writer)
        {
            if (_log.IsClosed) return;
            if (appliesRetention) _retention.Run(now);
            RollForCompaction(now);
            _log.Active.Advance();
            _log.Producers.Expire(now, _log.Options.ProducerIdExpirationMs);
            _log.Snapshots.RemoveUnneeded(_log.Segments);
        }

        _flush.FlushIfDue(now);
    }

    /// <summary>Flushes what compaction relies on, and says what it may do then.</summary>
    internal CompactionBounds PrepareCompaction(TimestampMs now)
    {
        lock (_log.Writer)
        {
            if (_log.IsClosed) return default;

            // The marker that decides a transaction may lie in the active segment. Were it lost in a crash, records that
            // the transaction's replaced would be missed.
            bool hasMarkers = _log.Producers.Entries.Any(static entry => entry.CoordinatorEpoch >= 0);
            _log.Surroundings.Failure.Guard(hasMarkers ? _flush.FlushHeld : _flush.FlushSealedHeld);

            // The next opening takes gaps below the point that it reads for the work of compaction, and others for losses.
            _log.Surroundings.Failure.Guard(_log.Surroundings.SaveRecoveryPoints);
            return Storage.CompactionBounds.Of(_log, now);
        }
    }

    internal CompactionBounds CompactionBounds(TimestampMs now)
    {
        lock (_log.Writer) return _log.IsClosed ? default : Storage.CompactionBounds.Of(_log, now);
    }

    /// <summary>Writes what the next opening needs to trust the files, and closes them.</summary>
    internal void CloseCleanly()
    {
        lock (_log.Writer)
        {
            if (_log.IsClosed) return;
            if (_log.HasChanges) WriteClosing();
            Release();
        }
    }

    /// <summary>Closes the files as they are; appends and reads from now on find no log.</summary>
    internal void Abandon()
    {
        lock (_log.Writer)
        {
            if (!_log.IsClosed) Release();
        }
    }

    private AppendResult WriteAsFollower(ReadOnlyMemory<byte> batches)
    {
        lock (_log.Writer)
        {
            if (_log.Surroundings.Failure.IsOffline || IsDiskFull) return AppendResult.Failed(ErrorCode.KafkaStorageError);
            if (_log.IsClosed) return AppendResult.Failed(ErrorCode.UnknownTopicOrPartition);
            try
            {
                Offset start = _log.End;
                _writer.Begin();
                ErrorCode error = _writer.StageAsFollower(batches);
                _writer.Commit();
                return new AppendResult(error, start, _log.End, TimestampMs.None, _log.LogStart, false);
            }
            catch (Exception cause)
            {
                _log.Surroundings.Failure.Record(cause);
                return AppendResult.Failed(ErrorCode.KafkaStorageError);
            }
        }
    }

    // Only sealed segments are compacted, and a log that nothing is appended to any more seals none.
    private void RollForCompaction(TimestampMs now)
    {
        if ((_log.Options.CleanupPolicy & CleanupPolicies.Compact) == 0 || _log.Active.SizeBytes == 0) return;
        if (Storage.CompactionBounds.IsOlderThan(_log.Active, _log.Options.MaxCompactionLagMs, now)) _roll.Roll(_log.End);
    }

    private void WriteClosing()
    {
        _log.Active.Seal();
        if (_log.End > _log.LogStart) _log.Snapshots.Take(_log.Producers);
        _log.FolderChanged = true;
        _flush.FlushHeld();
        _log.Active.FlushWhole();
        _log.Snapshots.Flush(_log.Producers.End);
    }

    private void Release()
    {
        _log.IsClosed = true;
        foreach (Segment segment in _log.Segments.Items) segment.Release();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Records cannot be read; 'perflog doctor' tells more")]
    private static partial void LogDamaged(ILogger logger, Exception damage);

    private void Change(Action change)
    {
        lock (_log.Writer)
        {
            if (!_log.IsClosed) _log.Surroundings.Failure.Guard(change);
        }
    }
}
