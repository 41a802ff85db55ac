using PerfLog.Records;

namespace PerfLog.Storage.Tests.Model;

/// <summary>A batch as the log must hold it.</summary>
internal sealed record ModelBatch(long Base, long Last, long TimestampMs, byte[] Bytes);

/// <summary>A log too plain to be wrong: a list of batches. It says what may be read and what a crash may take.</summary>
internal sealed class ModelLog
{
    private readonly List<ModelBatch> _batches = [];

    public long Start { get; private set; }

    public long End { get; private set; }

    /// <summary>What a crash must not take.</summary>
    public long DurableEnd { get; private set; }

    public IReadOnlyList<ModelBatch> Batches => _batches;

    public void Append(Memory<byte> numbered)
    {
        RecordBatchView view = new(numbered.Span);
        _batches.Add(new ModelBatch(view.BaseOffset.Value, view.LastOffset.Value, view.MaxTimestamp.Value, numbered.ToArray()));
        End = view.NextOffset.Value;
    }

    public void Flushed() => DurableEnd = End;

    /// <summary>A truncation to there is under way.</summary>
    public void DurableUpTo(long offset) => DurableEnd = Math.Min(DurableEnd, offset);

    public void StartAt(long offset) => Start = offset;

    public void TruncateTo(long offset)
    {
        _batches.RemoveAll(batch => batch.Last >= offset);
        End = Math.Min(End, offset);
        DurableEnd = Math.Min(DurableEnd, End);
    }

    public void StartAnewAt(long offset)
    {
        _batches.Clear();
        Start = End = DurableEnd = offset;
    }

    /// <summary>The batches from the one that holds an offset on.</summary>
    public IEnumerable<ModelBatch> From(long offset) => _batches.SkipWhile(batch => batch.Last < offset);

    /// <summary>The first offset of a batch that starts at or after an offset; the end when none does.</summary>
    public long BatchStartAtOrAfter(long offset) =>
        _batches.Select(static batch => batch.Base).Where(start => start >= offset).DefaultIfEmpty(End).First();
}
