using PerfLog.Buffers;
using PerfLog.Records;

namespace PerfLog.Storage;

/// <summary>
/// A durable, ordered log of records that a process keeps for itself, in Kafka's format. Records are appended one by one and
/// gathered inside into batches; each gets its offset at once. How far an append must have come before it counts, its caller
/// chooses: <see cref="Acknowledgement"/>.
/// </summary>
/// <remarks>
/// <para>Every member may be called from any thread, except that what a reader returned belongs to one thread. Appending and
/// reading allocate nothing in steady state. Who appends may write and flush for others who came meanwhile, and waits while
/// the log is behind by more than its buffers hold.</para>
/// <para>A log is owned by its <see cref="LogDirectory"/>, or owns one when it was opened by <see cref="OpenAsync"/>. Nothing
/// else appends to its partition while it is open. When a write or a flush fails, the directory is offline: all who wait and
/// all later calls get a <see cref="DirectoryOfflineException"/> with the cause, until it is opened anew.</para>
/// </remarks>
public sealed class RecordLog : IAsyncDisposable
{
    private const int CursorsKept = 16;

    private readonly PartitionLog _partition;
    private readonly IntakeWriter _writer;
    private readonly RecordIntake _intake;
    private readonly GroupFlush _flush;
    private readonly DirectoryUpkeep _upkeep;
    private readonly Reusables<BatchCursor> _cursors = new(static () => new BatchCursor(), CursorsKept);
    private LogDirectory? _ownedDirectory;

    internal RecordLog(PartitionLog partition, BatchBlocks blocks, DirectoryUpkeep upkeep)
    {
        _partition = partition;
        _upkeep = upkeep;
        Progress = new RecordLogProgress(partition.State);
        _writer = new IntakeWriter(partition, blocks, Progress);
        _intake = _writer.Intake;
        _flush = new GroupFlush(partition, _writer, Progress);
    }

    /// <summary>The log's name and number; its folder is called so.</summary>
    public TopicPartition Partition => _partition.Partition;

    /// <summary>The log's settings; may be replaced at any time.</summary>
    public LogOptions Options
    {
        get => _partition.Options;
        set
        {
            LogOptionsRules.Require(value);
            _partition.Options = value;
        }
    }

    /// <summary>The first offset that can be read.</summary>
    public Offset LogStartOffset => _partition.LogStartOffset;

    /// <summary>The offset behind the last record that is written, and so can be read.</summary>
    public Offset EndOffset => _partition.EndOffset;

    /// <summary>The offset that the next record gets. Those from <see cref="EndOffset"/> to here are accepted and not yet written.</summary>
    public Offset NextOffset => _intake.Next;

    /// <summary>All records below are on the disk.</summary>
    public Offset FlushedOffset => _partition.RecoveryPoint;

    internal RecordLogProgress Progress { get; }

    /// <summary>Opens the log of a directory that holds one log, or makes it. Disposing the log closes the directory.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="options">The log's settings; Kafka's defaults when null.</param>
    /// <param name="directory">The directory's settings.</param>
    /// <param name="cancellation">Gives up opening.</param>
    /// <exception cref="DirectoryLockedException">Another process has it open.</exception>
    /// <exception cref="StorageException">The log is damaged in a way that opening does not repair.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public static async ValueTask<RecordLog> OpenAsync(
        string path, LogOptions? options = null, LogDirectoryOptions? directory = null, CancellationToken cancellation = default)
    {
        LogDirectoryOptions settings = directory ?? new LogDirectoryOptions();
        if (options is not null) settings = settings with { LogOptionsFor = _ => options };
        LogDirectory opened = await LogDirectory.OpenAsync(path, settings, cancellation);
        try
        {
            RecordLog log = opened.OpenLog("log");
            log._ownedDirectory = opened;
            return log;
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    /// <summary>Appends a record that has no key, at the time of this moment.</summary>
    /// <inheritdoc cref="Append(OptionalBytes, OptionalBytes)"/>
    public Offset Append(ReadOnlySpan<byte> value) => Append(OptionalBytes.Null, value);

    /// <summary>
    /// Appends a record at the time of this moment. It is accepted when this returns, and on its way to its file; await
    /// <see cref="WaitWrittenAsync"/> or <see cref="WaitFlushedAsync"/> for more.
    /// </summary>
    /// <param name="key">The key; <see cref="OptionalBytes.Null"/> for none. A compacted log keeps the last record of each key.</param>
    /// <param name="value">The value; <see cref="OptionalBytes.Null"/> marks the key as deleted where the log is compacted.</param>
    /// <returns>The record's offset.</returns>
    /// <exception cref="ArgumentException">The record is larger than <c>max.message.bytes</c> or <c>segment.bytes</c> allows.</exception>
    /// <exception cref="DiskFullException">The disk has no more room than its reserve; reading goes on.</exception>
    /// <exception cref="DirectoryOfflineException">A write or a flush failed before.</exception>
    /// <exception cref="ObjectDisposedException">The log was disposed.</exception>
    public Offset Append(OptionalBytes key, OptionalBytes value)
    {
        return _intake.Append(key, value, TimestampMs.None, default, 0, callsWriter: true);
    }

    /// <summary>Appends a record with a time of its own and headers.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="timestamp">The record's time; <see cref="TimestampMs.None"/> for the time of this moment.</param>
    /// <param name="headers">The headers.</param>
    /// <inheritdoc cref="Append(OptionalBytes, OptionalBytes)"/>
    public Offset Append(OptionalBytes key, OptionalBytes value, TimestampMs timestamp, ReadOnlySpan<RecordHeader> headers = default)
    {
        long headersBytes = RecordEncoder.HeadersBytes(headers);
        return _intake.Append(key, value, timestamp, headers, headersBytes, callsWriter: true);
    }

    /// <summary>Appends records in order. Other threads' records may come to lie between them.</summary>
    /// <returns>The last one's offset; <see cref="Offset.None"/> when there are none.</returns>
    /// <inheritdoc cref="Append(OptionalBytes, OptionalBytes)"/>
    public Offset AppendMany(ReadOnlySpan<NewRecord> records)
    {
        Offset last = Offset.None;
        foreach (ref readonly NewRecord record in records)
            last = Append(record.KeyBytes, record.ValueBytes, record.Timestamp ?? TimestampMs.None, record.Headers.Span);
        return last;
    }

    /// <summary>Appends a record and completes when it has come as far as asked for.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="acknowledgement">How far.</param>
    /// <param name="timestamp">The record's time; null for the time of this moment.</param>
    /// <param name="headers">The headers.</param>
    /// <param name="cancellation">Ends the waiting; the record is appended all the same.</param>
    /// <inheritdoc cref="Append(OptionalBytes, OptionalBytes)"/>
    public ValueTask<Offset> AppendAsync(
        OptionalBytes key,
        OptionalBytes value,
        Acknowledgement acknowledgement,
        TimestampMs? timestamp = null,
        ReadOnlySpan<RecordHeader> headers = default,
        CancellationToken cancellation = default)
    {
        if (cancellation.IsCancellationRequested) return ValueTask.FromCanceled<Offset>(cancellation);
        long headersBytes = RecordEncoder.HeadersBytes(headers);
        bool isAccepted = acknowledgement == Acknowledgement.Accepted;
        Offset offset = _intake.Append(key, value, timestamp ?? TimestampMs.None, headers, headersBytes, callsWriter: isAccepted);
        return isAccepted ? new ValueTask<Offset>(offset) : ReachedAsync(offset, acknowledgement, cancellation);
    }

    /// <summary>Appends a batch as it is, without looking at its records; its base offset and leader epoch are overwritten.</summary>
    /// <param name="batch">One whole batch, lent until the task completes. It has no producer id: sequences are the broker's.</param>
    /// <param name="acknowledgement">How far it must have come; at least written.</param>
    /// <param name="checksCrc">Whether the batch's checksum is checked before; readers check it in any case, unless asked not to.</param>
    /// <param name="cancellation">Looked at once, before the append.</param>
    /// <returns>The offset of its last record.</returns>
    /// <exception cref="ArgumentException">The bytes are no batch that may be appended.</exception>
    public ValueTask<Offset> AppendBatchAsync(
        Memory<byte> batch,
        Acknowledgement acknowledgement = Acknowledgement.Written,
        bool checksCrc = true,
        CancellationToken cancellation = default)
    {
        if (cancellation.IsCancellationRequested) return ValueTask.FromCanceled<Offset>(cancellation);
        if (acknowledgement == Acknowledgement.Accepted)
            throw new ArgumentException("A batch is lent until it is written, so its append is acknowledged then at the earliest.", nameof(acknowledgement));
        int count = PreparedBatch.CountOffsets(batch.Span, Options, checksCrc);
        _partition.State.Surroundings.Space.ThrowIfFull();
        Offset last = _intake.AppendPrepared(batch, count) + (count - 1);

        // Not to be cancelled: the memory is needed until the batch is written.
        return ReachedAsync(last, acknowledgement, CancellationToken.None);
    }

    /// <summary>Completes when a record is written. For an offset that no record has yet, it waits for that record.</summary>
    /// <param name="offset">The record's offset.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="InvalidOperationException">Too many wait already (<see cref="LogOptions.PendingAppendsMax"/>).</exception>
    public ValueTask WaitWrittenAsync(Offset offset, CancellationToken cancellation = default)
    {
        _writer.WorkIfNobodyDoes();
        return Progress.Written.WaitForAsync(offset, cancellation);
    }

    /// <summary>Completes when a record is on the disk. The caller may do the flush, for all who wait for one.</summary>
    /// <inheritdoc cref="WaitWrittenAsync"/>
    public ValueTask WaitFlushedAsync(Offset offset, CancellationToken cancellation = default) => _flush.WaitForAsync(offset, cancellation);

    /// <summary>Completes when all that is accepted now is on the disk.</summary>
    /// <param name="cancellation">Ends the waiting.</param>
    public ValueTask FlushAsync(CancellationToken cancellation = default) => FlushAcceptedAsync(blocks: false, cancellation);

    /// <summary>Brings all that is accepted now to the disk; blocks until it is there.</summary>
    public void Flush()
    {
        ValueTask flush = FlushAcceptedAsync(blocks: true, CancellationToken.None);
        if (flush.IsCompleted) flush.GetAwaiter().GetResult();
        else flush.AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Reads written records from an offset on.</summary>
    /// <param name="from">From the start offset to the end offset.</param>
    /// <param name="checksCrc">Whether each batch's checksum is checked.</param>
    /// <exception cref="OffsetOutOfRangeException">The log does not have the offset.</exception>
    public RecordLogReader Read(Offset from, bool checksCrc = true) => new(this, OpenCursor(from, checksCrc));

    /// <summary>Reads written records from the first one on that has this time or a later one; from the end on when there is none.</summary>
    /// <param name="from">The time.</param>
    /// <param name="checksCrc">Whether each batch's checksum is checked.</param>
    public RecordLogReader Read(TimestampMs from, bool checksCrc = true) => Read(FirstAt(from), checksCrc);

    /// <summary>Reads whole batches, starting with the one that holds an offset.</summary>
    /// <inheritdoc cref="Read(Offset, bool)"/>
    public BatchReader ReadBatches(Offset from, bool checksCrc = true) => new(this, OpenCursor(from, checksCrc));

    /// <summary>Reads whole batches, starting with the one that holds the first record of this time or a later one.</summary>
    /// <inheritdoc cref="Read(TimestampMs, bool)"/>
    public BatchReader ReadBatches(TimestampMs from, bool checksCrc = true) => ReadBatches(FirstAt(from), checksCrc);

    /// <summary>Reads records from an offset on, and goes on with those that are appended, until it is cancelled or the log is disposed.</summary>
    /// <param name="from">From the start offset to the end offset.</param>
    /// <param name="cancellation">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="OffsetOutOfRangeException">The log does not have the offset, or no longer when the reader has come there.</exception>
    public IAsyncEnumerable<StoredRecord> FollowAsync(Offset from, CancellationToken cancellation = default) =>
        TailFollower.FollowAsync(this, from, checksCrc: true, cancellation);

    /// <summary>Reads records from the first one on that has this time or a later one, and goes on with those that are appended; with these
    /// alone where there is none.</summary>
    /// <param name="from">The time.</param>
    /// <param name="cancellation">Ends it with an <see cref="OperationCanceledException"/>.</param>
    public IAsyncEnumerable<StoredRecord> FollowAsync(TimestampMs from, CancellationToken cancellation = default) => FollowAsync(FirstAt(from), cancellation);

    /// <summary>Finds the first written record that has this time or a later one; null when there is none.</summary>
    public OffsetAtTime? Find(TimestampMs timestamp) => _partition.FindByTimestamp(timestamp);

    /// <summary>
    /// Removes the records from an offset on. A batch is removed whole, so that some before the offset may go, too. Records that
    /// are appended meanwhile come after the cut.
    /// </summary>
    /// <param name="offset">Below the start offset the log becomes empty and starts there; at or past the end nothing happens.</param>
    /// <returns>The end offset, which the next record gets.</returns>
    public Offset TruncateTo(Offset offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset.Value, nameof(offset));
        _intake.Pause();
        try
        {
            // Those who wait for what is there get it before it goes.
            _writer.WorkToTheEnd();
            _partition.Flush();
            Progress.TellFlushed();
            _partition.TruncateTo(offset);
            return EndOffset;
        }
        finally
        {
            Progress.CutAt(EndOffset);
            _intake.Resume(EndOffset);
        }
    }

    /// <summary>Moves the start offset forward and removes the segments wholly below it. A lower offset than now changes nothing.</summary>
    /// <param name="offset">At most the end offset.</param>
    /// <exception cref="OffsetOutOfRangeException">It lies past the end offset.</exception>
    public void DeleteBefore(Offset offset)
    {
        DeleteRecordsResult result = _partition.DeleteRecordsBefore(offset);
        if (result.Error == ErrorCode.None) return;
        _partition.State.Surroundings.Failure.ThrowIfOffline();
        throw new OffsetOutOfRangeException(Partition.ToString(), offset, LogStartOffset, EndOffset);
    }

    /// <summary>Removes what is too old or too much now, and flushes what is due; the directory does it by itself now and then.</summary>
    public void ApplyRetention() => _upkeep.ApplyRetention(_partition);

    /// <summary>Compacts what may be compacted now: of the records with one key the last one stays. The directory does it by itself
    /// where the policy asks for it.</summary>
    /// <returns>What was done; null when there was nothing to do or it is being compacted already.</returns>
    /// <param name="cancellation">Gives up; the log stays as it is.</param>
    public Task<CompactionResult?> CompactAsync(CancellationToken cancellation = default) => _upkeep.CompactAsync(_partition, cancellation);

    /// <summary>What the log is like now.</summary>
    public RecordLogStatistics GetStatistics() => new()
    {
        LogStartOffset = LogStartOffset,
        EndOffset = EndOffset,
        NextOffset = NextOffset,
        FlushedOffset = FlushedOffset,
        SizeBytes = _partition.SizeBytes,
        SegmentCount = _partition.SegmentCount,
        CompactedUpTo = _partition.CompactedUpTo,
        LastCompaction = _partition.LastCompaction,
    };

    /// <summary>
    /// Ends appending: writes and flushes what was accepted, and ends those who follow the tail. The directory stays open unless
    /// the log owns it. What fails is logged, and the directory is then offline.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        Offset end = _intake.Refuse(() => new ObjectDisposedException(Partition.ToString(), "The log was disposed."));
        try
        {
            if (end > Offset.Zero) await _flush.WaitForAsync(end - 1);
        }
        catch (Exception failure) when (failure is StorageException or InvalidOperationException)
        {
            // Whoever waited for it was told.
        }

        End(() => new ObjectDisposedException(Partition.ToString(), "The log was disposed."));
        _upkeep.Forget(this);
        if (_ownedDirectory is not null) await _ownedDirectory.DisposeAsync();
    }

    /// <summary>The log goes no further: all who wait and all who come get the reason.</summary>
    internal void End(Func<Exception>? reason = null) => Progress.End(_intake, reason);

    internal BatchCursor OpenCursor(Offset from, bool checksCrc)
    {
        BatchCursor cursor = _cursors.Rent();
        try
        {
            cursor.Open(_partition.State, from, checksCrc);
            return cursor;
        }
        catch
        {
            GiveBack(cursor, cursor.Lease);
            throw;
        }
    }

    internal void GiveBack(BatchCursor cursor, int lease)
    {
        if (cursor.TryClose(lease)) _cursors.GiveBack(cursor);
    }

    private Offset FirstAt(TimestampMs from)
    {
        // Looked at before: a record that is appended meanwhile is not passed over.
        Offset end = EndOffset;
        return Find(from)?.Offset ?? end;
    }

    private ValueTask FlushAcceptedAsync(bool blocks, CancellationToken cancellation)
    {
        Offset next = NextOffset;
        return next > Offset.Zero ? _flush.WaitForAsync(next - 1, cancellation, blocks) : ValueTask.CompletedTask;
    }

    private ValueTask<Offset> ReachedAsync(Offset offset, Acknowledgement acknowledgement, CancellationToken cancellation)
    {
        if (acknowledgement == Acknowledgement.Flushed) return _flush.WaitAsync(offset, cancellation);
        _writer.WorkIfNobodyDoes();
        return Progress.Written.WaitAsync(offset, cancellation);
    }
}
