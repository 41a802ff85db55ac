using PerfLog.Records;

namespace PerfLog.Storage.Doctor;

/// <summary>
/// Copies the good batches of damaged logs into a new data directory, segment by segment; offsets stay, and the indexes
/// are made anew. The damaged directory is only read.
/// </summary>
internal sealed class LogSalvage
{
    private readonly IStorageDevice _device;
    private readonly DerivedFiles _derived;
    private readonly string _destination;
    private readonly List<(TopicPartition, Offset)> _ends = [];

    public LogSalvage(IStorageDevice device, DerivedFiles derived, string destination)
    {
        _device = device;
        _derived = derived;
        _destination = destination;
        bool isFree = !device.DirectoryExists(destination)
            || (device.ListFiles(destination).Count == 0 && device.ListDirectories(destination).Count == 0);
        if (!isFree) throw new StorageException(destination, "it is not empty; what is salvaged goes to a new directory");
        device.CreateDirectory(destination);
    }

    public int Logs => _ends.Count;

    public long Batches { get; private set; }

    public void Copy(PartitionHealth health)
    {
        string folder = Path.Combine(_destination, health.Partition.ToString());
        _device.CreateDirectory(folder);
        foreach (SegmentHealth segment in health.Segments.Where(static segment => segment.GoodBatches > 0))
            CopySegment(segment, new SegmentFiles(folder, segment.BaseOffset));
        CopyMetadata(health, folder);
        _derived.WriteEpochs(folder, health.Epochs());
        _derived.Make(health.Partition, folder, health.End);
        _device.FlushDirectory(folder);
        _ends.Add((health.Partition, health.End));
    }

    // The recovery points tell the broker that nothing is to be cut where batches are missing.
    public void Finish()
    {
        new OffsetCheckpoint(_device, Path.Combine(_destination, OffsetCheckpoint.RecoveryPoints)).Write(_ends, kept: []);
        _device.FlushDirectory(_destination);
    }

    private void CopySegment(SegmentHealth segment, SegmentFiles target)
    {
        using IStorageFile from = _device.OpenFile(segment.Files.Log, FileOpening.Existing);
        using IStorageFile to = _device.OpenFile(target.Log, FileOpening.OrCreate);
        BatchWalk walk = new(from, segment.BaseOffset, segment.Limit);
        Offset next = segment.BaseOffset;
        long end = 0;
        for (long position = 0; position < walk.Length;)
        {
            if (!walk.TryRead(position, next))
            {
                position = walk.FindNext(position + 1, next);
                continue;
            }

            to.Write(end, walk.Batch.Span);
            next = new RecordBatchView(walk.Batch.Span).NextOffset;
            end += walk.Batch.Length;
            position += walk.Batch.Length;
            Batches++;
        }

        to.Flush();
    }

    private void CopyMetadata(PartitionHealth health, string folder)
    {
        string name = PartitionMetadata.FileName;
        if (health.Superfluous.Contains(Path.Combine(health.Folder, name))) return;
        if (AtomicFile.Read(_device, Path.Combine(health.Folder, name)) is { } bytes) AtomicFile.Write(_device, Path.Combine(folder, name), bytes);
    }
}
