using PerfLog.Records;

namespace PerfLog.Storage;

/// <summary>
/// Appends to one log: stages checked and numbered batches, then commits them in one gathered write. Only the thread that
/// holds the log's writer lock uses it. It borrows the batches until the commit.
/// </summary>
internal sealed class LogWriter(LogState log, SegmentRoll roll)
{
    private readonly List<ReadOnlyMemory<byte>> _pieces = [];
    private readonly List<StagedBatch> _staged = [];
    private readonly List<AbortedTransaction> _aborted = [];
    private Offset _stagedEnd;
    private int _stagedBytes;

    /// <summary>Starts a group of appends.</summary>
    public void Begin()
    {
        _pieces.Clear();
        _staged.Clear();
        _aborted.Clear();
        _stagedEnd = log.End;
        _stagedBytes = 0;
    }

    /// <summary>Checks one batch, numbers it, and stages it. The answer counts once the group is committed.</summary>
    public AppendResult StageAsLeader(Memory<byte> batch, LeaderEpoch epoch)
    {
        ErrorCode error = CheckForm(batch.Span, epoch);
        if (error != ErrorCode.None) return AppendResult.Failed(error);

        RecordBatchView view = new(batch.Span);
        error = log.Producers.Check(view, out ProducerBatch original, out bool isDuplicate);
        if (error != ErrorCode.None) return AppendResult.Failed(error);
        if (isDuplicate) return Answer(view, original.FirstOffset, original.LastOffset + 1, original.Timestamp, true);

        RecordBatchFields.AssignOffset(batch.Span, _stagedEnd, epoch);
        RollFor(view);
        Stage(view);
        _pieces.Add(batch);
        return Answer(view, view.BaseOffset, view.NextOffset, view.MaxTimestamp, false);
    }

    /// <summary>Stages batches that a leader numbered; whole ones only.</summary>
    /// <returns>The error of a batch that does not follow the log's end; none of its successors is staged then.</returns>
    public ErrorCode StageAsFollower(ReadOnlyMemory<byte> batches)
    {
        ReadOnlySpan<byte> bytes = batches.Span;
        int pieceStart = 0, position = 0;
        ErrorCode error = ErrorCode.None;
        while (TryNextBatch(bytes, position, out int size) && error == ErrorCode.None)
        {
            RecordBatchView view = new(bytes.Slice(position, size));
            error = CheckNumbered(view);
            if (error != ErrorCode.None) break;
            if (MustRoll(view))
            {
                AddPiece(batches[pieceStart..position]);
                pieceStart = position;
                RollFor(view);
            }

            Stage(view);
            position += size;
        }

        AddPiece(batches[pieceStart..position]);
        return error;
    }

    /// <summary>Writes what is staged and makes it readable.</summary>
    public void Commit()
    {
        if (_staged.Count == 0) return;
        Segment active = log.Active;
        FilePosition position = new(active.SizeBytes);
        active.Reserve((long)position.Value + _stagedBytes, log.Options.SegmentBytes, log.WritesDirectly, log.Options.Preallocate);
        if (_pieces.Count == 1) active.File.Write(position.Value, _pieces[0].Span);
        else active.File.WriteGathered(position.Value, _pieces);

        log.HasChanges = true;
        Index(active, position);
        foreach (AbortedTransaction aborted in _aborted) active.Indexes.Transactions.Append(aborted);

        // Readers look for what they see here in the file and the indexes, so this comes last.
        active.Publish(_stagedEnd, position + _stagedBytes);
        log.PublishFirstUnstable();
        log.End = _stagedEnd;
        active.BeginWriteback();
        Begin();
    }

    private ErrorCode CheckForm(ReadOnlySpan<byte> batch, LeaderEpoch epoch)
    {
        if (batch.Length < RecordBatchLayout.HeaderBytes || new RecordBatchView(batch).SizeBytes != batch.Length)
            return ErrorCode.InvalidRecord;
        if (batch.Length > log.Options.SegmentBytes) return ErrorCode.RecordListTooLarge;
        return epoch < log.Epochs.Latest ? ErrorCode.FencedLeaderEpoch : ErrorCode.None;
    }

    private ErrorCode CheckNumbered(RecordBatchView view)
    {
        if (view.BaseOffset < _stagedEnd) return ErrorCode.OffsetOutOfRange;
        return view.LastOffsetDelta < 0 ? ErrorCode.InvalidRecord : ErrorCode.None;
    }

    private static bool TryNextBatch(ReadOnlySpan<byte> bytes, int position, out int size)
    {
        size = 0;
        int left = bytes.Length - position;
        if (left < RecordBatchLayout.HeaderBytes) return false;
        size = new RecordBatchView(bytes[position..]).SizeBytes;
        return size >= RecordBatchLayout.HeaderBytes && size <= left;
    }

    private AppendResult Answer(RecordBatchView view, Offset first, Offset next, TimestampMs timestamp, bool isDuplicate) => new(
        ErrorCode.None, first, next, view.IsLogAppendTime ? timestamp : TimestampMs.None, log.LogStart, isDuplicate);

    private void RollFor(RecordBatchView view)
    {
        if (!MustRoll(view)) return;
        Commit();

        // A follower's batch may lie past the end, where its leader's log is compacted. The segment starts at the end all
        // the same: the next opening takes a gap between segments for a loss.
        bool isNear = view.LastOffset - log.End <= int.MaxValue;
        roll.Roll(isNear ? log.End : view.BaseOffset);
    }

    private bool MustRoll(RecordBatchView view)
    {
        // The age of a segment is known once its first batch is in it.
        if (log.Active.SizeBytes == 0 && _pieces.Count > 0) Commit();
        return roll.IsDue(log.Active.SizeBytes + (long)_stagedBytes, view);
    }

    private void Stage(RecordBatchView view)
    {
        log.Epochs.Assign(view.PartitionLeaderEpoch, view.BaseOffset);
        if (log.Producers.Add(view) is { } ended) EndTransaction(ended);
        _staged.Add(new StagedBatch(view.LastOffset, view.MaxTimestamp, view.SizeBytes));
        _stagedEnd = view.NextOffset;
        _stagedBytes += view.SizeBytes;
    }

    private void EndTransaction(EndedTransaction ended)
    {
        OpenTransactions transactions = log.Producers.Transactions;
        if (ended.IsAborted)
        {
            _aborted.Add(new AbortedTransaction(
                ended.ProducerId, ended.FirstOffset, ended.LastOffset, transactions.StableAfter(ended)));
        }

        transactions.End(ended);
    }

    private void AddPiece(ReadOnlyMemory<byte> piece)
    {
        if (!piece.IsEmpty) _pieces.Add(piece);
    }

    private void Index(Segment active, FilePosition position)
    {
        int intervalBytes = log.Options.IndexIntervalBytes;
        foreach (StagedBatch batch in _staged)
        {
            active.Index(batch.LastOffset, batch.MaxTimestamp, position, batch.SizeBytes, intervalBytes);
            position += batch.SizeBytes;
        }
    }

    private readonly record struct StagedBatch(Offset LastOffset, TimestampMs MaxTimestamp, int SizeBytes);
}
