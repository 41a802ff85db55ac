using PerfLog.Buffers;
using PerfLog.Records;

namespace PerfLog.Storage;

/// <summary>
/// The files that a compaction writes, marked <c>.cleaned</c> until they are whole. Owned by the run, which gives them to
/// the log or deletes them; one thread at a time.
/// </summary>
internal sealed class CleanedSegment : IDisposable
{
    private readonly LogState _log;
    private readonly GrowingBuffer _pending;
    private readonly int _writeBytes;
    private readonly Segment _segment;
    private int _position;

    /// <param name="log">The log.</param>
    /// <param name="baseOffset">The first offset of the segments to replace.</param>
    /// <param name="pending">Gathers small batches; lent for as long as this is written.</param>
    /// <param name="writeBytes">The bytes to gather for a write.</param>
    public CleanedSegment(LogState log, Offset baseOffset, GrowingBuffer pending, int writeBytes)
    {
        _log = log;
        _pending = pending;
        _writeBytes = writeBytes;
        _pending.Reset(Array.MaxLength);
        Files = new SegmentFiles(log.Folder, baseOffset, SegmentFiles.CleanedSuffix);
        Delete();
        log.Device.OpenFile(Files.Log, FileOpening.OrCreate).Dispose();
        SegmentIndexes indexes = SegmentIndexes.Create(log.Device, Files, log.Options.SegmentIndexBytes);
        _segment = new Segment(log.Device, Files, indexes, default, TimestampMs.Now(log.Surroundings.Time));
    }

    public SegmentFiles Files { get; private set; }

    public int SizeBytes => _position;

    public void Append(ReadOnlySpan<byte> batch)
    {
        RecordBatchView view = new(batch);
        _segment.Index(view.LastOffset, view.MaxTimestamp, new FilePosition(_position), batch.Length, _log.Options.IndexIntervalBytes);
        _position = checked(_position + batch.Length);
        if (!_pending.TryWrite(batch)) throw new InvalidOperationException("A write buffer without a limit was full.");
        if (_pending.WrittenBytes >= _writeBytes) Write();
    }

    public void Append(AbortedTransaction aborted) => _segment.Indexes.Transactions.Append(aborted);

    /// <summary>Makes all files durable and marks them as ready, the batches last: with them the whole is ready.</summary>
    public void Finish()
    {
        Write();
        _segment.Publish(Files.BaseOffset, new FilePosition(_position));
        _segment.Seal();
        _segment.File.Flush();
        _segment.Indexes.Flush();
        Rename(SegmentFiles.SwapSuffix);
        _log.Device.FlushDirectory(_log.Folder);
    }

    /// <summary>Gives the files the log's names and opens them. The files of those names are gone by now.</summary>
    /// <param name="end">Where the replaced segments end, and so does this one.</param>
    public Segment TakePlace(Offset end)
    {
        Rename("");
        SegmentIndexes written = _segment.Indexes;
        SegmentIndexes indexes = SegmentIndexes.Over(
            _log.Device,
            Files,
            _log.Options.SegmentIndexBytes,
            written.Offsets.Count,
            written.Times.Count,
            written.Transactions.Entries.Count > 0
                ? TransactionIndex.Load(_log.Device, Files.TransactionIndex)
                : TransactionIndex.Empty(_log.Device, Files.TransactionIndex));
        SegmentTail tail = new((uint)Math.Min(end - Files.BaseOffset, uint.MaxValue), new FilePosition(_position));
        return new Segment(_log.Device, Files, indexes, tail, TimestampMs.Now(_log.Surroundings.Time));
    }

    /// <summary>Removes the files, because the log has no use for them.</summary>
    public void Delete()
    {
        foreach (string suffix in SegmentFiles.ContentSuffixes) _log.Device.DeleteFile(Files[suffix]);
    }

    public void Dispose() => _segment.Release();

    private void Write()
    {
        if (_pending.WrittenBytes == 0) return;
        _segment.File.Write(_position - _pending.WrittenBytes, _pending.WrittenSpan);
        _pending.Reset(Array.MaxLength);
    }

    private void Rename(string marking)
    {
        SegmentFiles renamed = Files with { Marking = marking };
        foreach (string suffix in SegmentFiles.ContentSuffixes)
        {
            if (_log.Device.FileExists(Files[suffix])) _log.Device.RenameFile(Files[suffix], renamed[suffix]);
        }

        Files = renamed;
    }
}
