namespace PerfLog.Storage.Doctor;

/// <summary>A stretch of a log file that holds no good batch, and the offsets that are missing for it.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="End">The byte after it.</param>
/// <param name="FirstOffset">The offset after the good batch before it.</param>
/// <param name="NextOffset">The offset of the good batch after it; none when no good batch follows.</param>
/// <param name="Reason">What is wrong at its start.</param>
internal readonly record struct BadStretch(long Start, long End, Offset FirstOffset, Offset NextOffset, string Reason)
{
    public bool IsTail => NextOffset == Offset.None;
}

/// <summary>What the doctor found in one segment.</summary>
internal sealed class SegmentHealth(SegmentFiles files, Offset limit)
{
    public SegmentFiles Files { get; } = files;

    public Offset BaseOffset => Files.BaseOffset;

    /// <summary>Where the next segment starts; the largest number behind the last one.</summary>
    public Offset Limit { get; } = limit;

    /// <summary>The offset after its last good batch.</summary>
    public Offset NextOffset { get; set; } = files.BaseOffset;

    public long GoodBatches { get; set; }

    public List<BadStretch> Bad { get; } = [];

    /// <summary>The zeros at its end, which are reserved space.</summary>
    public long ReservedBytes { get; set; }

    /// <summary>It holds messages of a format that this program does not read.</summary>
    public bool IsOldFormat { get; set; }

    /// <summary>The leader epochs of its batches, each where it follows another.</summary>
    public List<EpochStart> Epochs { get; } = [];

    /// <summary>The offsets of the control batches in it.</summary>
    public HashSet<long> Markers { get; } = [];

    /// <summary>What is wrong with each index, by its suffix.</summary>
    public Dictionary<string, string> IndexDamage { get; } = [];

    public bool NeedsIndexes => IndexDamage.Count > 0 || NeedsRewrite;

    public bool NeedsRewrite => Bad.Count > 0;
}
