namespace PerfLog.Storage.Doctor;

/// <summary>What the doctor found in one partition's folder.</summary>
internal sealed class PartitionHealth(TopicPartition partition, string folder)
{
    public TopicPartition Partition { get; } = partition;

    public string Folder { get; } = folder;

    /// <summary>In order of their offsets.</summary>
    public List<SegmentHealth> Segments { get; } = [];

    public List<Finding> Findings { get; } = [];

    /// <summary>Files that only mislead, and that the log does without.</summary>
    public List<string> Superfluous { get; } = [];

    /// <summary>The leader epochs' file makes no sense or contradicts the batches.</summary>
    public bool NeedsEpochs { get; set; }

    public Offset Start => Segments.Count == 0 ? Offset.Zero : Segments[0].BaseOffset;

    public Offset End => Segments.Count == 0 ? Offset.Zero : Segments[^1].NextOffset;

    public bool IsOldFormat => Segments.Any(static segment => segment.IsOldFormat);

    public bool NeedsRepair => NeedsEpochs || Superfluous.Count > 0 || Segments.Any(static segment => segment.NeedsIndexes);

    public bool HasBadBatches => Segments.Any(static segment => segment.NeedsRewrite);

    /// <summary>
    /// The leader epochs that the batches tell. They never go down in a log, so one that is higher than a later one's was
    /// spoiled: it lies outside the checksum.
    /// </summary>
    public List<EpochStart> Epochs()
    {
        List<EpochStart> rising = [];
        foreach (EpochStart next in Segments.SelectMany(static segment => segment.Epochs))
        {
            while (rising.Count > 0 && rising[^1].Epoch > next.Epoch) rising.RemoveAt(rising.Count - 1);
            if (rising.Count == 0 || rising[^1].Epoch < next.Epoch) rising.Add(next);
        }

        return rising;
    }

    public string Name(string file) => $"{Partition}/{Path.GetFileName(file)}";
}
