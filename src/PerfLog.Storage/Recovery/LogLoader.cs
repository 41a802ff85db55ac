using Microsoft.Extensions.Logging;

namespace PerfLog.Storage;

/// <summary>What the directory's checkpoint files say about a log.</summary>
/// <param name="RecoveryPoint">All below is on the disk; null when the file does not name the log.</param>
/// <param name="LogStart">The first offset that may be read.</param>
/// <param name="HighWatermark">The end of what is committed.</param>
/// <param name="CleanedUpTo">All below has been compacted.</param>
internal readonly record struct LogCheckpoints(Offset? RecoveryPoint, Offset LogStart, Offset HighWatermark, Offset CleanedUpTo);

/// <summary>How far the files of a directory may be trusted.</summary>
/// <param name="IsClean">All was flushed and closed; nothing need be scanned.</param>
/// <param name="IsDoubtful">Of what was not flushed, the page cache may show bytes that no flush will bring to the disk.</param>
internal readonly record struct OpeningTrust(bool IsClean, bool IsDoubtful)
{
    public static readonly OpeningTrust Full = new(IsClean: true, IsDoubtful: false);
}

/// <summary>
/// Opens a log from its folder. After a clean stop it trusts the files; otherwise it scans every segment that the recovery
/// point has not left behind, cuts at the first bad batch, and drops what lies after it.
/// </summary>
/// <remarks>
/// A segment is left behind when the recovery point lies past the start of the next one: only a flush after the roll gets
/// it there, and such a flush has brought the sealed segment's indexes to the disk too.
/// </remarks>
internal sealed partial class LogLoader(LogState log, LogCheckpoints checkpoints, OpeningTrust trust)
{
    private readonly List<Segment> _segments = [];
    private readonly HashSet<Segment> _withoutProducers = [];
    private readonly ILogger _logger = log.Surroundings.Logger;
    private readonly TimestampMs _now = TimestampMs.Now(log.Surroundings.Time);
    private Offset? _rebuiltFrom;
    private bool _epochsAreLost;

    private Offset RecoveryPoint => checkpoints.RecoveryPoint ?? Offset.Zero;

    private bool TrustsFiles => trust.IsClean && !_epochsAreLost;

    public void Load()
    {
        new CompactionSwap(log.Device, log.Folder).Settle();
        IReadOnlyList<FileEntry> files = log.Device.ListFiles(log.Folder);
        log.Snapshots.Find(files);
        LoadEpochs();
        OpenSegments(files);
        Place();
        log.HasChanges = _rebuiltFrom is not null;
        if (_rebuiltFrom is not null) FlushRebuilt();
        foreach (Segment segment in log.Segments.Items) segment.Indexes.Unmap();
    }

    private void LoadEpochs()
    {
        try
        {
            log.Epochs.Load();
        }
        catch (StorageException damage)
        {
            // The batches carry their epochs too, so a scan of the whole log finds them again.
            LogRepair(_logger, log.Folder, damage.Message);
            _epochsAreLost = true;
        }
    }

    private void OpenSegments(IReadOnlyList<FileEntry> files)
    {
        Dictionary<string, long> lengths = files.ToDictionary(static file => file.Name, static file => file.LengthBytes);
        List<Offset> bases = [.. BasesOf(files).Order()];
        RemoveOrphans(files, bases);
        for (int i = 0; i < bases.Count; i++)
        {
            Offset? nextBase = i + 1 < bases.Count ? bases[i + 1] : null;
            bool isWhole = IsLeftBehind(nextBase) ? OpenByIndexes(bases[i], nextBase, lengths) : Scan(bases[i], nextBase);
            if (isWhole) continue;
            RemoveLater(bases, i + 1);
            return;
        }
    }

    private bool IsLeftBehind(Offset? nextBase) =>
        TrustsFiles || (!_epochsAreLost && nextBase is { } next && next < RecoveryPoint);

    private bool OpenByIndexes(Offset baseOffset, Offset? nextBase, IReadOnlyDictionary<string, long> lengths)
    {
        SegmentFiles files = new(log.Folder, baseOffset);
        SegmentOpening opening = new(log.Device, files, log.Options, lengths, _now);
        Add(opening.Open(nextBase), nextBase);
        if (opening.IndexDamage is not { } damage) return true;
        LogRepair(_logger, files.Log, damage);
        _rebuiltFrom ??= baseOffset;
        return true;
    }

    private bool Scan(Offset baseOffset, Offset? nextBase)
    {
        if (_rebuiltFrom is null || _segments.Count == 0) log.Epochs.TruncateFromEnd(baseOffset);
        _rebuiltFrom ??= baseOffset;
        SegmentFiles files = new(log.Folder, baseOffset);
        SegmentRebuild rebuild = new(log.Device, files, log.Options, _now) { OnBatch = TakeEpoch, WritesAgain = trust.IsDoubtful };
        Segment segment = rebuild.Run(nextBase ?? new Offset(long.MaxValue));
        Add(segment, nextBase);
        if (!rebuild.HasProducers) _withoutProducers.Add(segment);
        if (rebuild.EndedInZeros) LogZeros(_logger, files.Log, segment.SizeBytes, rebuild.BytesCut);
        else if (rebuild.BytesCut > 0) LogCut(_logger, files.Log, segment.SizeBytes, rebuild.BytesCut, rebuild.Damage);

        // A crash may have lost that a sealed segment was cut to its batches, and kept the next one, which goes on where they end.
        bool isWhole = rebuild.BytesCut == 0 || (rebuild.EndedInZeros && segment.NextOffset == nextBase);
        return isWhole && !EndsTooSoon(segment, nextBase);
    }

    private void TakeEpoch(LeaderEpoch epoch, Offset baseOffset)
    {
        if (epoch > log.Epochs.Latest) log.Epochs.Assign(epoch, baseOffset);
    }

    // A crash may lose the end of one file and keep the next. Only compaction leaves such gaps on purpose, and it does so
    // below a recovery point that was written before.
    private bool EndsTooSoon(Segment segment, Offset? nextBase)
    {
        if (nextBase is not { } next || segment.NextOffset == next || MayHaveGapsBelow(next)) return false;
        LogGap(_logger, segment.Files.Log, segment.NextOffset.Value, next.Value);
        return true;
    }

    private bool MayHaveGapsBelow(Offset end)
    {
        if (checkpoints.RecoveryPoint is { } point) return end <= point;
        return (log.Options.CleanupPolicy & CleanupPolicies.Compact) != 0 || checkpoints.CleanedUpTo > Offset.Zero;
    }

    private void Add(Segment segment, Offset? nextBase)
    {
        if (nextBase is not null) segment.Seal();
        _segments.Add(segment);
    }

    private void RemoveLater(List<Offset> bases, int from)
    {
        for (int i = bases.Count - 1; i >= from; i--)
        {
            SegmentFiles files = new(log.Folder, bases[i]);
            LogDropped(_logger, files.Log);
            foreach (string suffix in SegmentFiles.Suffixes) log.Device.DeleteFile(files[suffix]);
            log.Snapshots.Forget(bases[i]);
        }

        log.FolderChanged = true;
    }

    private void RemoveOrphans(IReadOnlyList<FileEntry> files, List<Offset> bases)
    {
        foreach (FileEntry file in files)
        {
            bool isIndex = SegmentFiles.TryParse(file.Name, SegmentFiles.OffsetIndexSuffix, out Offset owner)
                || SegmentFiles.TryParse(file.Name, SegmentFiles.TimeIndexSuffix, out owner)
                || SegmentFiles.TryParse(file.Name, SegmentFiles.TransactionIndexSuffix, out owner);
            if (isIndex && !bases.Contains(owner)) log.Device.DeleteFile(Path.Combine(log.Folder, file.Name));
        }
    }

    private static IEnumerable<Offset> BasesOf(IReadOnlyList<FileEntry> files)
    {
        foreach (FileEntry file in files)
        {
            if (SegmentFiles.TryParse(file.Name, SegmentFiles.LogSuffix, out Offset baseOffset)) yield return baseOffset;
        }
    }

    private void Place()
    {
        Offset start = Offset.Max(checkpoints.LogStart, Offset.Zero);
        if (_segments.Count > 0 && _segments[^1].NextOffset < start) DropAll();
        if (_segments.Count == 0) _segments.Add(SegmentRoll.Create(log, start));

        log.Segments = new SegmentList([.. _segments]);
        log.LogStart = Offset.Max(start, _segments[0].BaseOffset);
        log.End = _segments[^1].NextOffset;
        if (RecoveryPoint > log.End) LogLost(_logger, log.Folder, RecoveryPoint.Value, log.End.Value);
        log.RecoveryPoint = TrustsFiles ? log.End : Offset.Min(RecoveryPoint, log.End);
        log.FlushedWholeBefore = _rebuiltFrom ?? log.Active.BaseOffset;
        log.HighWatermark = Offset.Max(Offset.Min(checkpoints.HighWatermark, log.End), log.LogStart);
        log.Compaction.CleanedUpTo = Offset.Min(checkpoints.CleanedUpTo, log.End);
        log.Epochs.TruncateFromEnd(log.End);
        log.Epochs.TruncateFromStart(log.LogStart);
        log.Snapshots.RemoveAfter(_rebuiltFrom ?? log.End);
        new ProducerReplay(log, _withoutProducers).Run(_rebuiltFrom ?? log.End);
    }

    // Everything that survived lies below the log's start, so none of it may be read any more.
    private void DropAll()
    {
        foreach (Segment segment in _segments)
        {
            segment.Release();
            foreach (string suffix in SegmentFiles.Suffixes) log.Device.DeleteFile(segment.Files[suffix]);
        }

        _segments.Clear();
    }

    // Not flushed, the good bytes could still be lost, while the recovery point would vouch for them.
    private void FlushRebuilt()
    {
        log.RecoveryPoint = Offset.Min(log.RecoveryPoint, _rebuiltFrom!.Value);
        if (log.End > log.LogStart || log.FolderChanged) new LogFlush(log).FlushHeld();
        else log.RecoveryPoint = log.End;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path}: {Damage}; it is made anew from the batches")]
    private static partial void LogRepair(ILogger logger, string path, string damage);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path}: cut at byte {Position}, {Bytes} bytes dropped: {Reason}")]
    private static partial void LogCut(ILogger logger, string path, long position, long bytes, string? reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Path}: ends at byte {Position}; {Bytes} bytes behind it, taken ahead and not written, are given back")]
    private static partial void LogZeros(ILogger logger, string path, long position, long bytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path}: ends at offset {End}, but the next segment starts at {Next}")]
    private static partial void LogGap(ILogger logger, string path, long end, long next);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path}: records were lost: all below offset {RecoveryPoint} was on the disk once, and the log ends at {End}")]
    private static partial void LogLost(ILogger logger, string path, long recoveryPoint, long end);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path}: dropped, because it follows a segment that was cut")]
    private static partial void LogDropped(ILogger logger, string path);
}
