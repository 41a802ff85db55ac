using System.Globalization;

namespace PerfLog.Storage;

/// <summary>The names of a segment's files: its base offset in 20 digits, and a suffix for each.</summary>
/// <param name="Folder">The partition's folder.</param>
/// <param name="BaseOffset">The segment's first offset.</param>
/// <param name="Marking">What is put behind the names while the files are not the log's; empty for those of the log.</param>
internal readonly record struct SegmentFiles(string Folder, Offset BaseOffset, string Marking = "")
{
    public const string LogSuffix = ".log";
    public const string OffsetIndexSuffix = ".index";
    public const string TimeIndexSuffix = ".timeindex";
    public const string TransactionIndexSuffix = ".txnindex";
    public const string SnapshotSuffix = ".snapshot";

    /// <summary>Put behind a file's name when it has left the log and waits for removal.</summary>
    public const string DeletedSuffix = ".deleted";

    /// <summary>Put behind the files that a compaction is writing.</summary>
    public const string CleanedSuffix = ".cleaned";

    /// <summary>Put behind the files that a compaction finished and that are about to replace others.</summary>
    public const string SwapSuffix = ".swap";

    /// <summary>The suffixes of all files that belong to a segment and go with it.</summary>
    public static readonly string[] Suffixes =
        [LogSuffix, OffsetIndexSuffix, TimeIndexSuffix, TransactionIndexSuffix, SnapshotSuffix];

    /// <summary>The suffixes of the files that hold a segment's batches and what is derived from them, the batches last.</summary>
    public static readonly string[] ContentSuffixes = [OffsetIndexSuffix, TimeIndexSuffix, TransactionIndexSuffix, LogSuffix];

    private const int Digits = 20;

    public string Log => this[LogSuffix];

    public string OffsetIndex => this[OffsetIndexSuffix];

    public string TimeIndex => this[TimeIndexSuffix];

    public string TransactionIndex => this[TransactionIndexSuffix];

    public string Snapshot => this[SnapshotSuffix];

    public string this[string suffix] =>
        Path.Combine(Folder, BaseOffset.Value.ToString("D20", CultureInfo.InvariantCulture) + suffix + Marking);

    /// <summary>Whether a name is a base offset followed by exactly this suffix.</summary>
    public static bool TryParse(string name, string suffix, out Offset baseOffset)
    {
        baseOffset = Offset.None;
        if (name.Length != Digits + suffix.Length || !name.EndsWith(suffix, StringComparison.Ordinal)) return false;
        bool isNumber = long.TryParse(name.AsSpan(0, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out long value);
        baseOffset = new Offset(value);
        return isNumber;
    }
}
