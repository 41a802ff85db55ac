namespace PerfLog.Storage.Doctor;

/// <summary>Examines the files of one partition's folder. One thread at a time.</summary>
internal sealed class PartitionExamination(IStorageDevice device, bool isCompacted, Offset recoveryPoint, Action<long> onBytesRead)
{
    public PartitionHealth Examine(TopicPartition partition, string folder)
    {
        PartitionHealth health = new(partition, folder);
        IReadOnlyList<FileEntry> files = device.ListFiles(folder);
        ExamineSegments(health, files);
        ExamineLeftovers(health, files);
        ExamineOrphans(health, files);
        ExamineSnapshots(health, files);
        ExamineMetadata(health);
        if (!health.IsOldFormat) ExamineEpochs(health);
        return health;
    }

    private void ExamineSegments(PartitionHealth health, IReadOnlyList<FileEntry> files)
    {
        SegmentExamination examination = new(device, onBytesRead);
        Offset[] bases = [.. Bases(files, SegmentFiles.LogSuffix).Order()];
        for (int i = 0; i < bases.Length; i++)
        {
            Offset limit = i + 1 < bases.Length ? bases[i + 1] : new Offset(long.MaxValue);
            SegmentHealth segment = examination.Examine(new SegmentFiles(health.Folder, bases[i]), limit);
            if (health.Segments.Count > 0) ExamineSeam(health, health.Segments[^1], segment);
            health.Segments.Add(segment);
            SegmentFindings.Add(health, segment, recoveryPoint);
        }

        if (health.Segments.Count == 0) health.Findings.Add(Finding.Note(health.Partition.ToString(), "the log has no segments; the next start makes one"));
    }

    private void ExamineSeam(PartitionHealth health, SegmentHealth before, SegmentHealth after)
    {
        string name = health.Name(after.Files.Log);
        bool isExplained = before.IsOldFormat || before.Bad.Exists(static bad => bad.IsTail);
        if (before.NextOffset < after.BaseOffset && !isExplained)
        {
            string what = $"offsets {before.NextOffset} to {after.BaseOffset - 1} are missing before it";
            health.Findings.Add(isCompacted
                ? Finding.Note(name, what + ", as is usual in a compacted log")
                : Finding.Incurable(name, what + "; the log was never compacted here, so they were lost"));
        }
    }

    private static void ExamineLeftovers(PartitionHealth health, IReadOnlyList<FileEntry> files)
    {
        foreach (FileEntry file in files)
        {
            if (EndsWith(file, SegmentFiles.SwapSuffix))
                health.Findings.Add(Finding.Note(health.Name(file.Name), "a finished compaction was about to be put in place; the next start does it"));
            else if (EndsWith(file, SegmentFiles.DeletedSuffix) || EndsWith(file, SegmentFiles.CleanedSuffix) || EndsWith(file, AtomicFile.TemporarySuffix))
                health.Findings.Add(Finding.Note(health.Name(file.Name), $"{file.LengthBytes} bytes that are no longer needed; the next start removes them"));
        }
    }

    private static void ExamineOrphans(PartitionHealth health, IReadOnlyList<FileEntry> files)
    {
        HashSet<Offset> bases = [.. health.Segments.Select(static segment => segment.BaseOffset)];
        foreach (string suffix in SegmentFiles.ContentSuffixes)
        {
            foreach (Offset owner in Bases(files, suffix).Where(owner => !bases.Contains(owner)))
            {
                string path = new SegmentFiles(health.Folder, owner)[suffix];
                health.Superfluous.Add(path);
                health.Findings.Add(Finding.Problem(
                    health.Name(path), "it belongs to a segment whose log file is gone", "removes it", Finding.NoLoss + " more: the records are gone already"));
            }
        }
    }

    private void ExamineSnapshots(PartitionHealth health, IReadOnlyList<FileEntry> files)
    {
        foreach (Offset at in Bases(files, SegmentFiles.SnapshotSuffix))
        {
            string path = new SegmentFiles(health.Folder, at).Snapshot;
            bool isSound = ProducerSnapshot.TryDecode(AtomicFile.Read(device, path)) is not null;
            bool isWithin = at <= health.End || health.IsOldFormat;
            if (isSound && isWithin) continue;
            health.Superfluous.Add(path);
            health.Findings.Add(Finding.Problem(
                health.Name(path),
                isSound ? $"it is of offset {at}, past the end {health.End}" : "its checksum or its form is wrong",
                "removes it; the states of producers are read from the batches",
                "what it alone knows of producers whose batches are older than the log"));
        }
    }

    private void ExamineMetadata(PartitionHealth health)
    {
        try
        {
            PartitionMetadata.Read(device, health.Folder);
        }
        catch (StorageException damage)
        {
            string path = Path.Combine(health.Folder, PartitionMetadata.FileName);
            health.Superfluous.Add(path);
            health.Findings.Add(Finding.Problem(
                health.Name(path), damage.Reason, "removes it", "the topic's id: the log is taken for that of any topic of its name"));
        }
    }

    private void ExamineEpochs(PartitionHealth health)
    {
        LeaderEpochCache cache = new(device, health.Folder);
        string name = $"{health.Partition}/{LeaderEpochCache.FileName}";
        string? damage = null;
        try
        {
            cache.Load();
            damage = EpochDamage(cache.Entries, health, recoveryPoint);
        }
        catch (Exception error) when (error is StorageException or OverflowException)
        {
            damage = (error as StorageException)?.Reason ?? error.Message;
        }

        if (damage is null) return;
        health.NeedsEpochs = true;
        health.Findings.Add(Finding.Problem(name, damage, "writes it anew from the batches", "epochs in which nothing was written"));
    }

    private static string? EpochDamage(IReadOnlyList<EpochStart> entries, PartitionHealth health, Offset recoveryPoint)
    {
        for (int i = 1; i < entries.Count; i++)
        {
            if (entries[i].Epoch <= entries[i - 1].Epoch || entries[i].Start < entries[i - 1].Start) return $"its line {i + 3} goes back";
        }

        foreach (EpochStart written in health.Epochs())
        {
            // The file is written with a flush. The next start reads what lies behind the last one again, and notes its epochs.
            if (written.Start >= recoveryPoint) break;
            EpochStart? entry = entries.Where(each => each.Start <= written.Start).Select(static each => (EpochStart?)each).LastOrDefault();
            if (entry?.Epoch != written.Epoch) return $"it does not have epoch {written.Epoch} at offset {written.Start}, where a batch has it";
        }

        return null;
    }

    private static IEnumerable<Offset> Bases(IReadOnlyList<FileEntry> files, string suffix)
    {
        foreach (FileEntry file in files)
        {
            if (SegmentFiles.TryParse(file.Name, suffix, out Offset found)) yield return found;
        }
    }

    private static bool EndsWith(FileEntry file, string suffix) => file.Name.EndsWith(suffix, StringComparison.Ordinal);
}
