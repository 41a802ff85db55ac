using System.Runtime.CompilerServices;
using PerfLog.Records;

namespace PerfLog.Storage;

/// <summary>Reads a log from an offset on and goes on with what is appended, until it is cancelled or the log ends.</summary>
internal static class TailFollower
{
    public static async IAsyncEnumerable<StoredRecord> FollowAsync(
        RecordLog log, Offset from, bool checksCrc, [EnumeratorCancellation] CancellationToken cancellation)
    {
        BatchCursor cursor = log.OpenCursor(from, checksCrc);
        int lease = cursor.Lease;
        try
        {
            while (true)
            {
                while (cursor.MoveNext())
                {
                    cancellation.ThrowIfCancellationRequested();
                    if (new RecordBatchView(cursor.Batch.Span).IsControl) continue;
                    cursor.OpenRecords();
                    int count = new RecordBatchView(cursor.Batch.Span).RecordsCount;
                    for (int at = 0; count > 0; count--)
                    {
                        StoredRecord record = Read(cursor, ref at);
                        if (record.Offset >= from) yield return record;
                    }
                }

                await log.Progress.Written.WaitForAsync(cursor.Next, cancellation);
            }
        }
        finally
        {
            log.GiveBack(cursor, lease);
        }
    }

    private static StoredRecord Read(BatchCursor cursor, ref int at)
    {
        if (!RecordBounds.TryRead(cursor.Records.Span, at, out RecordBounds bounds))
            throw cursor.Damage("a record is misshapen: its fields do not add up to its length");
        at = bounds.End;
        return new StoredRecord(new RecordBatchView(cursor.Batch.Span), cursor.Records, bounds);
    }
}
