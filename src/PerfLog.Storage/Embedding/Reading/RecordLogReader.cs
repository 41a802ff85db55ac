using PerfLog.Records;

namespace PerfLog.Storage;

/// <summary>
/// Goes over a log's records in order, without allocating and without a lock. It ends at the end of what is written; asked
/// again later it finds what has come since. One thread uses it, and disposes it; <c>foreach</c> does both.
/// </summary>
/// <remarks>
/// A record is a view of the reader's memory and lasts until the next move. The reader holds the segment that it is in: the
/// file stays readable though the log deletes it meanwhile.
/// </remarks>
public ref struct RecordLogReader : IDisposable
{
    private readonly RecordLog _log;
    private readonly int _lease;
    private BatchCursor? _cursor;
    private RecordEnumerator _records;
    private readonly Offset _from;
    private int _firstDelta;

    internal RecordLogReader(RecordLog log, BatchCursor ownedCursor)
    {
        _log = log;
        _cursor = ownedCursor;
        _lease = ownedCursor.Lease;
        _from = ownedCursor.Next;
    }

    /// <summary>The record that the last <see cref="MoveNext"/> which answered true came to.</summary>
    public readonly RecordView Current => _records.Current;

    /// <summary>For <c>foreach</c>.</summary>
    public readonly RecordLogReader GetEnumerator() => this;

    /// <summary>Goes to the next record.</summary>
    /// <returns>False at the end of what is written now.</returns>
    /// <exception cref="OffsetOutOfRangeException">The records that come next were deleted or cut off meanwhile.</exception>
    /// <exception cref="CorruptLogException">The bytes on the disk are not what was written.</exception>
    /// <exception cref="StorageException">The directory is offline.</exception>
    public bool MoveNext()
    {
        while (true)
        {
            while (_records.MoveNext())
            {
                if (_records.OffsetDelta >= _firstDelta) return true;
            }

            if (!TryOpenNext()) return false;
        }
    }

    /// <summary>Lets go of the log.</summary>
    public void Dispose()
    {
        if (_cursor is not { } cursor) return;
        _cursor = null;
        _records = default;
        _log.GiveBack(cursor, _lease);
    }

    private bool TryOpenNext()
    {
        BatchCursor cursor = _cursor ?? throw new ObjectDisposedException(nameof(RecordLogReader));
        if (_records.Fault is { } fault) throw cursor.Damage(fault);
        do
        {
            if (!cursor.MoveNext()) return false;
        }
        while (new RecordBatchView(cursor.Batch.Span).IsControl);

        cursor.OpenRecords();
        RecordBatchView batch = new(cursor.Batch.Span);
        _records = new RecordEnumerator(batch, cursor.Records.Span);

        // Only the first batch can hold records before the one asked for.
        _firstDelta = (int)Math.Clamp(_from - batch.BaseOffset, 0, int.MaxValue);
        return true;
    }
}
