using PerfLog.Records;
using PerfLog.Testing.Storage;

namespace PerfLog.Storage.Tests.Compaction;

/// <summary>
/// What was appended, and what a dictionary says of it: too plain to be wrong. Compares a compacted log with that.
/// </summary>
internal sealed class CompactionModel
{
    private readonly List<KeyedRecord> _records = [];
    private readonly Dictionary<long, long> _aborted = [];

    private long _touchedUpTo;

    public long End { get; private set; }

    /// <summary>What a crash must not take.</summary>
    public long DurableEnd { get; private set; }

    public void Append(ReadOnlySpan<byte> numbered)
    {
        _records.AddRange(KeyedBatch.Read(numbered));
        End = new RecordBatchView(numbered).NextOffset.Value;
    }

    /// <summary>A producer's transaction ends with an abort marker, which comes next.</summary>
    public void Abort(long producer, long from)
    {
        foreach (KeyedRecord record in _records.Where(record => record.Offset >= from && record.ProducerId == producer && !record.IsControl))
            _aborted[record.Offset] = End;
    }

    /// <summary>A compaction begins that may get as far as this, or end on the way.</summary>
    public void Compacting(long upTo) => _touchedUpTo = Math.Max(_touchedUpTo, upTo);

    public void Flushed() => DurableEnd = End;

    public void Crashed(long end)
    {
        Require(end >= DurableEnd, $"the crash took flushed records: end {end}, flushed up to {DurableEnd}");
        Require(end <= End, $"the crash brought records: end {end}, appended up to {End}");
        _records.RemoveAll(record => record.Offset >= end);
        foreach (long offset in _aborted.Keys.Where(offset => _aborted[offset] >= end).ToList()) _aborted.Remove(offset);
        End = DurableEnd = end;
    }

    /// <summary>Compares all that can be read up to an offset, below which every transaction is decided.</summary>
    public void Compare(TestDirectory test, long decidedUpTo)
    {
        byte[] bytes = test.ReadAll();
        List<KeyedRecord> found = KeyedBatch.Read(bytes);
        Dictionary<long, KeyedRecord> appended = _records.ToDictionary(static record => record.Offset);
        foreach (KeyedRecord record in found)
            Require(appended.GetValueOrDefault(record.Offset) == record, $"offset {record.Offset} holds {record}");
        CompareLatest(Committed(test, bytes, decidedUpTo), decidedUpTo);
        CompareTail(found, _touchedUpTo);
    }

    /// <summary>Reading anywhere finds the next record that is left.</summary>
    public static void CompareReads(TestDirectory test, Random random)
    {
        List<long> left = [.. KeyedBatch.Read(test.ReadAll()).Select(static record => record.Offset)];
        long from = random.NextInt64(test.Log.EndOffset.Value + 1);
        long expected = left.Where(offset => offset >= from).DefaultIfEmpty(-1).First();
        List<KeyedRecord> read = [];
        for (long next = from; read.Count == 0 && next < test.Log.EndOffset.Value;)
        {
            byte[] bytes = test.Read(next, maxBytes: 1);
            Require(bytes.Length > 0 || expected < 0, $"read at {next} found nothing; {expected} is left");
            if (bytes.Length == 0) break;
            read = [.. KeyedBatch.Read(bytes).Where(record => record.Offset >= from)];
            long end = new RecordBatchView(bytes).NextOffset.Value;
            Require(end > next, $"read at {next} found a batch that ends at {end}");
            next = end;
        }

        long first = read.Count == 0 ? -1 : read[0].Offset;
        Require(first == expected, $"read at {from} found {first}, expected {expected}");
    }

    private void CompareLatest(List<KeyedRecord> committed, long decidedUpTo)
    {
        Dictionary<string, KeyedRecord> expected = Latest(_records.Where(record => record.Offset < decidedUpTo && !_aborted.ContainsKey(record.Offset)));
        Dictionary<string, KeyedRecord> latest = Latest(committed);
        foreach ((string key, KeyedRecord record) in expected)
        {
            KeyedRecord? left = latest.TryGetValue(key, out KeyedRecord found) ? found : null;
            bool isRight = left == record || (record.Value is null && left is null);
            Require(isRight, $"{key} is {left}, expected {record}");
        }
    }

    // What was not compacted is all there, but for aborted records beside compacted ones.
    private void CompareTail(List<KeyedRecord> found, long from)
    {
        bool Counts(KeyedRecord record) => record.Offset >= from && !_aborted.ContainsKey(record.Offset);
        int expected = _records.Count(Counts), actual = found.Count(Counts);
        Require(expected == actual, $"{actual} records from {from} on, expected {expected}");
    }

    // As a read_committed consumer sees it.
    private static List<KeyedRecord> Committed(TestDirectory test, byte[] bytes, long upTo)
    {
        Queue<AbortedTransaction> aborted = new(test.Log
            .AbortedTransactions(Offset.Zero, new Offset(upTo)).OrderBy(static transaction => transaction.FirstOffset));
        HashSet<ProducerId> skipped = [];
        List<KeyedRecord> committed = [];
        RecordBatchReader batches = new(bytes);
        while (batches.MoveNext() && batches.Current.BaseOffset.Value < upTo)
        {
            RecordBatchView batch = batches.Current;
            while (aborted.TryPeek(out AbortedTransaction next) && next.FirstOffset <= batch.LastOffset) skipped.Add(aborted.Dequeue().ProducerId);
            if (batch.IsControl) skipped.Remove(batch.ProducerId);
            else if (!batch.IsTransactional || !skipped.Contains(batch.ProducerId)) committed.AddRange(KeyedBatch.Read(batch.Bytes));
        }

        return committed;
    }

    private static Dictionary<string, KeyedRecord> Latest(IEnumerable<KeyedRecord> records)
    {
        Dictionary<string, KeyedRecord> latest = [];
        foreach (KeyedRecord record in records)
        {
            if (record is { IsControl: false, Key: not null }) latest[record.Key] = record;
        }

        return latest;
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new Model.ModelMismatchException(otherwise);
    }
}
