using Microsoft.Extensions.Logging.Abstractions;
using PerfLog.Storage;

namespace PerfLog.Benchmarks.Engine;

/// <summary>One log of the engine in a folder of its own, which goes when it is disposed.</summary>
internal sealed class EngineLog : IDisposable
{
    public static readonly TopicPartition Partition = new("bench", 0);

    private readonly string _folder;
    private readonly LogDirectory _directory;

    public EngineLog(string folder, LogOptions options)
    {
        _folder = folder;
        _directory = Open(folder, options);
        Log = _directory.Create(Partition, new Uuid(1, 1), options);
        Log.BecomeLeader(new LeaderEpoch(0));
    }

    public PartitionLog Log { get; }

    public static LogDirectory Open(string folder, LogOptions options)
    {
        var settings = new LogDirectorySettings
        {
            Path = folder, ClusterId = "bench", BrokerId = new BrokerId(0), Random = new Random(1),
        };
        return LogDirectory.OpenAsync(settings, DiskDevice.Shared, _ => options, TimeProvider.System, NullLogger.Instance)
            .AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Appends one batch after the other, each answered before the next.</summary>
    public void Append(Memory<byte> batch, long bytes)
    {
        for (long written = 0; written < bytes; written += batch.Length) Append(batch);
    }

    public void Append(Memory<byte> batch)
    {
        AppendResult result = Log.AppendAsync(batch, new LeaderEpoch(0)).GetAwaiter().GetResult();
        if (result.Error != ErrorCode.None) throw new IOException($"The log answered {result.Error}: {_directory.Failure}");
    }

    public void Dispose()
    {
        _directory.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Directory.Delete(_folder, recursive: true);
    }
}
