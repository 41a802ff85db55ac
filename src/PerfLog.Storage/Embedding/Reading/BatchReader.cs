using PerfLog.Records;

namespace PerfLog.Storage;

/// <summary>
/// Goes over a log's batches in order as they lie in the files, compressed where they are, without allocating and without a
/// lock. The first one holds the offset asked for, and may start before it. Used as <see cref="RecordLogReader"/> is.
/// </summary>
public ref struct BatchReader : IDisposable
{
    private readonly RecordLog _log;
    private readonly int _lease;
    private BatchCursor? _cursor;

    internal BatchReader(RecordLog log, BatchCursor ownedCursor)
    {
        _log = log;
        _cursor = ownedCursor;
        _lease = ownedCursor.Lease;
    }

    /// <summary>The batch that the last <see cref="MoveNext"/> which answered true came to.</summary>
    public readonly RecordBatchView Current => new(Cursor.Batch.Span);

    private readonly BatchCursor Cursor => _cursor ?? throw new ObjectDisposedException(nameof(BatchReader));

    /// <summary>For <c>foreach</c>.</summary>
    public readonly BatchReader GetEnumerator() => this;

    /// <inheritdoc cref="RecordLogReader.MoveNext"/>
    public readonly bool MoveNext() => Cursor.MoveNext();

    /// <summary>The present batch's records, decompressed when they must be.</summary>
    public readonly RecordEnumerator OpenRecords()
    {
        Cursor.OpenRecords();
        return new RecordEnumerator(Current, Cursor.Records.Span);
    }

    /// <summary>Lets go of the log.</summary>
    public void Dispose()
    {
        if (_cursor is not { } cursor) return;
        _cursor = null;
        _log.GiveBack(cursor, _lease);
    }
}
