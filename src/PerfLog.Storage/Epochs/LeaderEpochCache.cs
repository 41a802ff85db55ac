using System.Globalization;

namespace PerfLog.Storage;

/// <summary>An epoch and the first offset that was written in it.</summary>
internal readonly record struct EpochStart(LeaderEpoch Epoch, Offset Start);

/// <summary>
/// Which leader epoch wrote which offsets of a log, in <c>leader-epoch-checkpoint</c>. The log's writer changes it, any thread
/// reads it. The file follows on <see cref="Save"/>, at the latest before the recovery point passes an entry: what lies
/// behind the recovery point is read from the batches again.
/// </summary>
internal sealed class LeaderEpochCache(IStorageDevice device, string folder)
{
    public const string FileName = "leader-epoch-checkpoint";

    private readonly string _path = Path.Combine(folder, FileName);
    private EpochStart[] _entries = [];
    private bool _isSaved = true;

    public IReadOnlyList<EpochStart> Entries => Volatile.Read(ref _entries);

    public LeaderEpoch Latest => Volatile.Read(ref _entries) is [.., EpochStart last] ? last.Epoch : LeaderEpoch.None;

    public void Load()
    {
        if (AtomicFile.ReadText(device, _path) is not { } text) return;
        List<EpochStart> entries = [];
        foreach (string[] fields in CheckpointText.Parse(_path, text, fieldsPerLine: 2))
        {
            entries.Add(new EpochStart(
                new LeaderEpoch(checked((int)CheckpointText.Number(_path, fields[0]))),
                new Offset(CheckpointText.Number(_path, fields[1]))));
        }

        Volatile.Write(ref _entries, [.. entries]);
    }

    public void Save()
    {
        if (_isSaved) return;
        string[] lines = [.. _entries.Select(static entry =>
            string.Create(CultureInfo.InvariantCulture, $"{entry.Epoch.Value} {entry.Start.Value}"))];
        AtomicFile.Write(device, _path, CheckpointText.Format(lines));
        _isSaved = true;
    }

    /// <summary>Notes that records from an offset on are of an epoch; entries that contradict it are dropped.</summary>
    public void Assign(LeaderEpoch epoch, Offset start)
    {
        if (epoch.Value >= 0 && epoch != Latest) Enter(new EpochStart(epoch, start));
    }

    /// <summary>Where the records of an epoch end.</summary>
    /// <param name="epoch">The epoch asked for.</param>
    /// <param name="logEnd">The end of the log, where the latest epoch ends.</param>
    public EpochEndOffset EndOffsetFor(LeaderEpoch epoch, Offset logEnd)
    {
        EpochStart[] entries = Volatile.Read(ref _entries);
        if (epoch.Value < 0 || entries.Length == 0) return EpochEndOffset.Unknown;
        if (entries[^1].Epoch == epoch) return new EpochEndOffset(epoch, logEnd);

        int higher = Array.FindIndex(entries, entry => entry.Epoch > epoch);
        if (higher < 0) return EpochEndOffset.Unknown;
        LeaderEpoch floor = higher == 0 ? epoch : entries[higher - 1].Epoch;
        return new EpochEndOffset(floor, entries[higher].Start);
    }

    /// <summary>Drops the epochs that start at or after a new end of the log.</summary>
    public void TruncateFromEnd(Offset end)
    {
        if (_entries.Length > 0 && _entries[^1].Start >= end) Swap([.. _entries.TakeWhile(entry => entry.Start < end)]);
    }

    /// <summary>Drops the epochs that end at or before a new start of the log; the one it falls in starts there.</summary>
    public void TruncateFromStart(Offset start)
    {
        int kept = Array.FindLastIndex(_entries, entry => entry.Start <= start);
        if (kept < 0 || (kept == 0 && _entries[0].Start == start)) return;
        Swap([_entries[kept] with { Start = start }, .. _entries[(kept + 1)..]]);
    }

    // Apart from its caller, because a method with a closure allocates even when it returns at once.
    private void Enter(EpochStart next) =>
        Swap([.. _entries.TakeWhile(entry => entry.Epoch < next.Epoch && entry.Start < next.Start), next]);

    private void Swap(EpochStart[] entries)
    {
        Volatile.Write(ref _entries, entries);
        _isSaved = false;
    }
}
