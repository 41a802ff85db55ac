using PerfLog.Buffers;
using PerfLog.Records;

namespace PerfLog.Storage;

/// <summary>
/// Writes what an intake has gathered. Whoever finds no writer at work becomes it: a thread that wants its record written,
/// or one of the pool that was called. One at a time.
/// </summary>
internal sealed class IntakeWriter : IThreadPoolWorkItem
{
    // A thread that came for its own record writes for others this often before the pool goes on.
    private const int WritesForOthersMax = 4;

    // Half of those that may wait: while these are written, appenders fill the others.
    private const int BatchesAtOnce = RecordIntake.WaitingMax / 2;

    // A turn lasts a microsecond or two: records that come more slowly gain nothing by being waited for. All turns together
    // are about what the writing of a few full batches takes.
    private const int FillingTurnsMax = 1000;
    private const int SpinsPerTurn = 50;

    // Looking at what appenders write with each record takes it out of their cache, which slows them by half when it is done all the time.
    private const int TurnsPerLookAtAppenders = 16;

    private readonly PartitionLog _partition;
    private readonly LogState _log;
    private readonly RecordLogProgress _progress;
    private readonly GrowingBuffer _scratch = new(0);
    private readonly Memory<byte>[] _group = new Memory<byte>[BatchesAtOnce];
    private readonly LeaderEpoch _epoch;

    public IntakeWriter(PartitionLog partition, BatchBlocks blocks, RecordLogProgress progress)
    {
        _partition = partition;
        _log = partition.State;
        _progress = progress;
        _epoch = new LeaderEpoch(Math.Max(_log.Epochs.Latest.Value, 0));
        Intake = new RecordIntake(_log, blocks, this);
    }

    public RecordIntake Intake { get; }

    /// <summary>Has a thread of the pool come.</summary>
    public void Call() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    /// <summary>Writes what waits, if nobody does. Afterwards all is written, or a writer is at work or called.</summary>
    public void WorkIfNobodyDoes()
    {
        if (Intake.TryBecomeWriter()) Work();
    }

    /// <summary>Writes as the writer, which the caller has become; leaves what is too much for it to the pool.</summary>
    public void Work()
    {
        for (int writes = 0; writes < WritesForOthersMax; writes++)
        {
            if (!TryWriteNext()) return;
        }

        Intake.HandOver();
    }

    /// <summary>Writes as the writer until nothing waits.</summary>
    public void WorkToTheEnd()
    {
        while (TryWriteNext())
        {
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (!Intake.TryAnswerCall()) return;
        do LetBatchFill();
        while (TryWriteNext());
    }

    // Who appended last went on at once and waits for nothing. While records keep coming, a batch is left to fill: a file
    // takes few large writes with half the work of many small ones, and appenders meet the writer less often.
    private void LetBatchFill()
    {
        Offset before = Offset.None;
        for (int turn = 0; turn < FillingTurnsMax; turn++)
        {
            if (Intake.HasFullBatch || _progress.IsAwaited) return;
            if (turn % TurnsPerLookAtAppenders == 0)
            {
                Offset next = Intake.Next;
                if (next == before) return;
                before = next;
            }

            // An appender that wants this processor fills the batch sooner than this loop can.
            Thread.Yield();
            Thread.SpinWait(SpinsPerTurn);
        }
    }

    private bool TryWriteNext()
    {
        if (Intake.NextBatch() is not { } batch) return false;
        try
        {
            Write(batch);
        }
        catch (Exception cause)
        {
            // Whatever it was, memory and file may disagree now: only opening the directory anew makes sure.
            if (!_log.IsClosed) _log.Surroundings.Failure.Record(cause);
            _progress.End(Intake);
            Intake.Drop();
            return false;
        }
        finally
        {
            Array.Clear(_group);
        }

        return true;
    }

    // Together with those that wait behind it: a file takes what comes in one piece with less work. Compressed ones share their memory.
    private void Write(GatheredBatch first)
    {
        CompressionCodec codec = _log.Options.Compression;
        int most = codec == CompressionCodec.None ? _group.Length : 1, count = 0;
        Offset end = first.BaseOffset;
        for (GatheredBatch? next = first; next is not null && count < most; next = Intake.FullBatch(count))
        {
            _group[count++] = next.Finish(codec, _epoch, _scratch);
            end = next.NextOffset;
        }

        _partition.WriteInOrder(_group.AsSpan(0, count), first.BaseOffset, _epoch);
        _partition.Flushing.FlushIfManyWait();
        Intake.BatchesDone(count);
        _progress.WrittenUpTo(end);
    }
}
