using Microsoft.Extensions.Logging.Abstractions;

namespace PerfLog.Storage.Doctor;

/// <summary>Makes what is derived from a log's batches: indexes where they are missing, producer snapshots, leader epochs.</summary>
internal sealed class DerivedFiles(IStorageDevice device, TimeProvider time, string directory)
{
    // The policy keeps the engine from taking the gaps that bad bytes leave for the loss of a crash.
    private static readonly LogOptions Options = new() { CleanupPolicy = CleanupPolicies.Compact };

    /// <summary>Lets the engine open the log and close it: it reads segments without indexes whole.</summary>
    public void Make(TopicPartition partition, string folder, Offset end)
    {
        DirectoryFailure failure = new(directory, device, NullLogger.Instance);
        DiskSpace space = new(device, directory, reserveBytes: 0, NullLogger.Instance);
        LogSurroundings surroundings = new(device, time, new Random(0), failure, space, new DeletedFiles(device), NullLogger.Instance)
        {
            SaveRecoveryPoints = static () => { },
            SaveCleanedOffsets = static () => { },
        };
        LogState state = new(surroundings, partition, Uuid.Zero, folder, Options);
        new LogLoader(state, new LogCheckpoints(end, Offset.Zero, end, Offset.Zero), OpeningTrust.Full).Load();
        new PartitionLog(state).CloseCleanly();
    }

    public void WriteEpochs(string folder, IEnumerable<EpochStart> epochs)
    {
        device.DeleteFile(Path.Combine(folder, LeaderEpochCache.FileName));
        LeaderEpochCache cache = new(device, folder);
        foreach (EpochStart start in epochs) cache.Assign(start.Epoch, start.Start);
        cache.Save();
    }
}
