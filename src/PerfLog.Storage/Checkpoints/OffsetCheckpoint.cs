using System.Globalization;

namespace PerfLog.Storage;

/// <summary>One of a log directory's files with an offset for each partition. Not thread-safe; its directory guards it.</summary>
internal sealed class OffsetCheckpoint(IStorageDevice device, string path)
{
    public const string RecoveryPoints = "recovery-point-offset-checkpoint";
    public const string LogStarts = "log-start-offset-checkpoint";
    public const string HighWatermarks = "replication-offset-checkpoint";

    public const string CleanedOffsets = "cleaner-offset-checkpoint";

    private string? _written;
    private HashSet<TopicPartition> _named = [];
    private Dictionary<TopicPartition, Offset> _read = [];

    /// <summary>Whether the file on the disk has any line.</summary>
    public bool HasEntries => _named.Count > 0;

    /// <summary>Whether the file on the disk has a line for a partition.</summary>
    public bool Names(TopicPartition partition) => _named.Contains(partition);

    public IReadOnlyDictionary<TopicPartition, Offset> Read()
    {
        Dictionary<TopicPartition, Offset> offsets = [];
        if (AtomicFile.ReadText(device, path) is not { } text) return offsets;
        foreach (string[] fields in CheckpointText.Parse(path, text, fieldsPerLine: 3))
        {
            TopicPartition partition = new(fields[0], checked((int)CheckpointText.Number(path, fields[1])));
            offsets[partition] = new Offset(CheckpointText.Number(path, fields[2]));
        }

        _named = [.. offsets.Keys];
        return _read = offsets;
    }

    /// <summary>Replaces the file, unless it says all that already.</summary>
    /// <param name="entries">The lines.</param>
    /// <param name="kept">Partitions whose lines stay as they were read.</param>
    public void Write(IReadOnlyList<(TopicPartition Partition, Offset Offset)> entries, IEnumerable<TopicPartition> kept)
    {
        entries = [.. entries, .. kept.Where(_read.ContainsKey).Select(partition => (partition, _read[partition]))];
        string text = CheckpointText.Format([.. entries.Select(static entry => Line(entry.Partition, entry.Offset))]);
        if (text == _written) return;
        AtomicFile.Write(device, path, text);
        _written = text;
        _named = [.. entries.Select(static entry => entry.Partition)];
    }

    private static string Line(TopicPartition partition, Offset offset) =>
        string.Create(CultureInfo.InvariantCulture, $"{partition.Topic} {partition.Partition} {offset.Value}");
}
