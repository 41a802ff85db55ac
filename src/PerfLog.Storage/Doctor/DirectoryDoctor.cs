namespace PerfLog.Storage.Doctor;

/// <summary>
/// Looks at a data directory that no process uses, PerfLog's or Kafka's, and says what is wrong. It holds the directory's
/// lock until it is disposed. One thread at a time.
/// </summary>
public sealed class DirectoryDoctor : IDisposable
{
    private static readonly string[] CheckpointNames =
        [OffsetCheckpoint.RecoveryPoints, OffsetCheckpoint.LogStarts, OffsetCheckpoint.HighWatermarks, OffsetCheckpoint.CleanedOffsets];

    private readonly IStorageDevice _device;
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly IDisposable _lock;

    private DirectoryDoctor(IStorageDevice device, string path, TimeProvider time, IDisposable ownedLock)
    {
        _device = device;
        _path = path;
        _time = time;
        _lock = ownedLock;
    }

    /// <summary>Takes the directory.</summary>
    /// <exception cref="DirectoryLockedException">A process uses it.</exception>
    /// <exception cref="StorageException">There is no such directory.</exception>
    public static DirectoryDoctor Open(IStorageDevice device, string path, TimeProvider time)
    {
        if (!device.DirectoryExists(path)) throw new StorageException(path, "there is no such directory");
        IDisposable held = device.TryLock(Path.Combine(path, LogDirectory.LockFileName)) ?? throw new DirectoryLockedException(path);
        return new DirectoryDoctor(device, path, time, held);
    }

    /// <summary>The bytes that <see cref="Examine"/> reads.</summary>
    public long CountBytes() => Folders().Sum(folder => _device.ListFiles(folder.Path)
        .Where(static file => file.Name.EndsWith(SegmentFiles.LogSuffix, StringComparison.Ordinal)).Sum(static file => file.LengthBytes));

    /// <summary>Reads everything; changes nothing.</summary>
    /// <param name="onBytesRead">Told of each stretch read.</param>
    public Examination Examine(Action<long> onBytesRead)
    {
        List<Finding> findings = [];
        ExamineProperties(findings);
        List<CheckpointHealth> checkpoints = [.. CheckpointNames.Select(name => CheckpointHealth.Read(_device, _path, name))];
        CheckpointHealth recovery = Named(checkpoints, OffsetCheckpoint.RecoveryPoints), cleaned = Named(checkpoints, OffsetCheckpoint.CleanedOffsets);
        List<PartitionHealth> partitions = [];
        foreach ((TopicPartition partition, string folder) in Folders())
        {
            PartitionExamination examination = new(
                _device, cleaned.Offsets.ContainsKey(partition), recovery.Offsets.GetValueOrDefault(partition), onBytesRead);
            partitions.Add(examination.Examine(partition, folder));
        }

        foreach (CheckpointHealth checkpoint in checkpoints) ExamineCheckpoint(checkpoint, partitions, findings);
        return new Examination(partitions, checkpoints, findings);
    }

    /// <summary>Does what the findings' repairs say.</summary>
    public void Repair(Examination examination)
    {
        foreach (PartitionHealth partition in examination.Partitions.Where(static partition => partition.NeedsRepair && !partition.IsOldFormat))
        {
            new PartitionRepair(_device, new DerivedFiles(_device, _time, _path)).Repair(partition);
            Vouch(examination.Checkpoints, partition);
        }

        Dictionary<TopicPartition, PartitionHealth> known = examination.Partitions.ToDictionary(static partition => partition.Partition);
        foreach (CheckpointHealth checkpoint in examination.Checkpoints)
        {
            foreach ((TopicPartition partition, Offset offset) in checkpoint.Offsets.ToList())
            {
                if (known.TryGetValue(partition, out PartitionHealth? health) && offset > health.End && !health.IsOldFormat)
                    checkpoint.Offsets[partition] = health.End;
            }

            if (checkpoint.Damage is not null || checkpoint.Offsets.Count > 0) checkpoint.Write(_device, _path);
        }
    }

    /// <summary>Copies all good batches of the logs that have bad ones to another, new directory; offsets stay.</summary>
    /// <returns>The logs copied and their batches.</returns>
    public (int Logs, long Batches) Salvage(Examination examination, string destination)
    {
        LogSalvage salvage = new(_device, new DerivedFiles(_device, _time, destination), destination);
        foreach (PartitionHealth partition in examination.Partitions.Where(static partition => partition.HasBadBatches)) salvage.Copy(partition);
        salvage.Finish();
        return (salvage.Logs, salvage.Batches);
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    // All that is in the repaired files was verified and flushed just now.
    private static void Vouch(List<CheckpointHealth> checkpoints, PartitionHealth partition) =>
        Named(checkpoints, OffsetCheckpoint.RecoveryPoints).Offsets[partition.Partition] = partition.End;

    private static CheckpointHealth Named(List<CheckpointHealth> checkpoints, string name) => checkpoints.Single(each => each.Name == name);

    private List<(TopicPartition Partition, string Path)> Folders()
    {
        List<(TopicPartition, string)> found = [];
        foreach (string name in _device.ListDirectories(_path).Order(StringComparer.Ordinal))
        {
            if (PartitionFolder.TryParse(name, out TopicPartition partition)) found.Add((partition, Path.Combine(_path, name)));
        }

        return found;
    }

    private void ExamineProperties(List<Finding> findings)
    {
        if (AtomicFile.ReadText(_device, Path.Combine(_path, MetaProperties.FileName)) is not { } text)
        {
            findings.Add(Finding.Note(MetaProperties.FileName, "it is missing, as in a directory that no broker has used; the next start writes it"));
            return;
        }

        IReadOnlyDictionary<string, string> properties = PropertiesText.Parse(text);
        bool hasOwner = properties.ContainsKey("cluster.id") && (properties.ContainsKey("node.id") || properties.ContainsKey("broker.id"));
        if (!hasOwner) findings.Add(Finding.Incurable(MetaProperties.FileName, "it does not say to which cluster and broker the directory belongs"));
    }

    private static void ExamineCheckpoint(CheckpointHealth checkpoint, List<PartitionHealth> partitions, List<Finding> findings)
    {
        if (checkpoint.Damage is { } damage)
        {
            findings.Add(Finding.Problem(checkpoint.Name, damage, "writes it anew, empty", CheckpointLoss(checkpoint.Name)));
            return;
        }

        foreach (PartitionHealth partition in partitions)
        {
            if (!checkpoint.Offsets.TryGetValue(partition.Partition, out Offset offset) || offset <= partition.End || partition.IsOldFormat) continue;
            findings.Add(Finding.Problem(
                checkpoint.Name, $"it says {offset} of {partition.Partition}, which ends at {partition.End}", $"says {partition.End}", Finding.NoLoss));
        }
    }

    private static string CheckpointLoss(string name) => name switch
    {
        OffsetCheckpoint.LogStarts => "which records were deleted: those in kept segments are seen again",
        OffsetCheckpoint.HighWatermarks => "what was known to be committed; leaders find it out anew",
        OffsetCheckpoint.CleanedOffsets => "how far logs were compacted; they are compacted from their start",
        _ => "nothing; the next start reads every log whole",
    };
}
