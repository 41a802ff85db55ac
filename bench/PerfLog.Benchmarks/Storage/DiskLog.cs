using Microsoft.Extensions.Logging.Abstractions;
using PerfLog.Storage;

namespace PerfLog.Benchmarks.Storage;

/// <summary>One partition's log in a temporary folder, which goes when it is disposed.</summary>
internal sealed class DiskLog : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("perflog-bench-");
    private readonly LogDirectory _directory;

    public DiskLog(LogOptions options)
    {
        var settings = new LogDirectorySettings
        {
            Path = _folder.FullName, ClusterId = "bench", BrokerId = new BrokerId(0), Random = new Random(1),
        };
        _directory = LogDirectory.OpenAsync(
            settings, new VectoredDevice(), _ => options, TimeProvider.System, NullLogger.Instance).AsTask().GetAwaiter().GetResult();
        Log = _directory.Create(new TopicPartition("bench", 0), new Uuid(1, 1), options);
        Log.BecomeLeader(new LeaderEpoch(0));
    }

    public PartitionLog Log { get; }

    /// <summary>Appends a batch and makes it readable.</summary>
    public async ValueTask AppendAsync(Memory<byte> batch)
    {
        AppendResult result = await Log.AppendAsync(batch, new LeaderEpoch(0));
        if (result.Error != ErrorCode.None) throw new InvalidOperationException($"The log answered {result.Error}.");
    }

    /// <summary>Deletes the segments that the log's options do not keep, with their files.</summary>
    public void DeleteOldSegments()
    {
        Log.AdvanceHighWatermark(Log.EndOffset);
        _directory.RunHousekeeping(TimestampMs.Now(TimeProvider.System));
    }

    public void Dispose()
    {
        _directory.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _folder.Delete(recursive: true);
    }
}
