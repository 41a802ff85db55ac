namespace PerfLog.Storage;

/// <summary>
/// The time of records that come without one. Reading the clock costs more than taking a record in, so in a batch that fills
/// fast it is read now and then only. Used under the intake's latch.
/// </summary>
internal sealed class RecordClock(TimeProvider time)
{
    // A batch with few records may have been open for long; one with many fills within microseconds.
    private const int FewRecords = 16;
    private const int RecordsPerReading = 64;

    private long _last;

    /// <param name="recordsInBatch">The number of records before this one in its batch.</param>
    public long Read(int recordsInBatch)
    {
        bool isDue = recordsInBatch < FewRecords || recordsInBatch % RecordsPerReading == 0;
        return isDue ? _last = TimestampMs.Now(time).Value : _last;
    }
}
