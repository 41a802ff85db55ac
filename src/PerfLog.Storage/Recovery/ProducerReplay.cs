using System.Buffers;
using PerfLog.Records;

namespace PerfLog.Storage;

/// <summary>
/// Brings the producer states from the newest usable snapshot to the log's end by the headers of the batches in between.
/// Runs while the log is opened or cut; holds the writer's place.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="withoutProducers">Segments that were looked through and have no batch that a producer's state depends on.</param>
internal sealed class ProducerReplay(LogState log, HashSet<Segment> withoutProducers)
{
    /// <summary>Restores the states.</summary>
    /// <param name="rebuiltFrom">Segments from here on may have been made anew: their transaction indexes are filled again.</param>
    public void Run(Offset rebuiltFrom)
    {
        log.Snapshots.Restore(log.Producers, Offset.Min(log.End, rebuiltFrom), log.LogStart);
        foreach (Segment segment in log.Segments.Items)
        {
            if (segment.NextOffset > log.Producers.End && !withoutProducers.Contains(segment)) Replay(segment);
        }

        log.Producers.SkipTo(log.End);
        log.Producers.Transactions.Replicated(log.HighWatermark);
        log.PublishFirstUnstable();
    }

    private void Replay(Segment segment)
    {
        SegmentTail tail = segment.Tail;
        FilePosition start = SegmentSearch.PositionOf(segment, log.Producers.End, tail);
        Span<byte> block = stackalloc byte[BatchScan.BlockBytes];
        BatchScan scan = new(segment.File, start, tail.Position, block);
        while (scan.MoveNext())
        {
            if (scan.Header.NextOffset <= log.Producers.End) continue;
            EndedTransaction? ended = scan.Header.IsControl
                ? AddControl(segment.File, scan.Position, scan.Header.SizeBytes)
                : log.Producers.Add(scan.Header);
            if (ended is { } transaction) End(segment, transaction);
        }
    }

    // A marker's meaning lies in its record, so the header alone is not enough.
    private EndedTransaction? AddControl(IStorageFile file, FilePosition position, int sizeBytes)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(sizeBytes);
        try
        {
            file.Read(position.Value, buffer.AsSpan(0, sizeBytes));
            return log.Producers.Add(new RecordBatchView(buffer.AsSpan(0, sizeBytes)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void End(Segment segment, EndedTransaction ended)
    {
        OpenTransactions transactions = log.Producers.Transactions;
        TransactionIndex index = segment.Indexes.Transactions;
        bool isIndexed = index.Entries is [.., AbortedTransaction last] && last.LastOffset >= ended.LastOffset;
        if (ended.IsAborted && !isIndexed)
        {
            index.Append(new AbortedTransaction(
                ended.ProducerId, ended.FirstOffset, ended.LastOffset, transactions.StableAfter(ended)));
        }

        transactions.End(ended);
    }
}
