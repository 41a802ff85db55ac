using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using PerfLog.Records;
using PerfLog.Storage;

namespace PerfLog.Testing.Storage;

/// <summary>A log directory with one log, on any device, with a clock that tests move. Opens, crashes and opens again.</summary>
public sealed class TestDirectory(IStorageDevice device, FakeTimeProvider time, LogOptions options, string path = "/data")
    : IAsyncDisposable
{
    /// <summary>The one partition.</summary>
    public static readonly TopicPartition Partition = new("topic", 0);

    private LogDirectory? _directory;

    /// <summary>How the directory is opened.</summary>
    public LogDirectorySettings Settings { get; init; } = SettingsFor(path);

    /// <summary>The clock.</summary>
    public FakeTimeProvider Time => time;

    /// <summary>The clock's present time.</summary>
    public TimestampMs Now => TimestampMs.Now(time);

    /// <summary>The open directory.</summary>
    public LogDirectory Directory => _directory ?? throw new InvalidOperationException("The directory is not open.");

    /// <summary>The log.</summary>
    public PartitionLog Log => Directory.TryGet(Partition, out PartitionLog? log)
        ? log
        : throw new InvalidOperationException("The log is missing.");

    /// <summary>The partition's folder.</summary>
    public string Folder => Path.Combine(path, Partition.ToString());

    /// <summary>A clock that starts in 2023.</summary>
    public static FakeTimeProvider Clock() => new(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000));

    /// <summary>In memory, opened.</summary>
    public static Task<TestDirectory> InMemoryAsync(LogOptions? options = null)
    {
        FakeTimeProvider time = Clock();
        return OpenAsync(new MemoryDevice(time), time, options);
    }

    /// <summary>On a device, opened.</summary>
    public static async Task<TestDirectory> OpenAsync(
        IStorageDevice device, FakeTimeProvider time, LogOptions? options = null, string path = "/data")
    {
        TestDirectory directory = new(device, time, options ?? LogOptions.Default, path);
        await directory.OpenAsync();
        return directory;
    }

    /// <summary>Settings for a path.</summary>
    public static LogDirectorySettings SettingsFor(string path) => new()
    {
        Path = path,
        ClusterId = "cluster-1",
        BrokerId = new BrokerId(1),
        Random = new Random(17),
        HighWatermarkCheckpointMs = 0,
        RecoveryPointCheckpointMs = 0,
        LogStartCheckpointMs = 0,
    };

    /// <summary>Opens it, and makes the log if it is not there.</summary>
    public async Task OpenAsync()
    {
        _directory = await LogDirectory.OpenAsync(
            Settings, device, _ => options, time, NullLogger.Instance);
        if (!_directory.TryGet(Partition, out _)) _directory.Create(Partition, new Uuid(1, 2), options);
    }

    /// <summary>Stops cleanly and starts again.</summary>
    public async Task RestartAsync()
    {
        await Directory.DisposeAsync();
        await OpenAsync();
    }

    /// <summary>Opens again what a crash left; the device has crashed already.</summary>
    public Task ReopenAfterCrashAsync() => OpenAsync();

    /// <summary>Appends as leader and moves the high watermark to the end.</summary>
    public AppendResult Append(Memory<byte> batch, int epoch = 0)
    {
        ValueTask<AppendResult> append = Log.AppendAsync(batch, new LeaderEpoch(epoch));
        AppendResult result = append.AsTask().GetAwaiter().GetResult();
        Log.AdvanceHighWatermark(Log.EndOffset);
        return result;
    }

    /// <summary>Reads the bytes of a region's batches.</summary>
    public byte[] Read(long from, int maxBytes = int.MaxValue, long upperBound = long.MaxValue)
    {
        LogReadResult result = Log.Read(new Offset(from), maxBytes, new Offset(upperBound), atLeastOneBatch: true);
        if (result.Error != ErrorCode.None) throw new InvalidOperationException($"Reading at {from}: {result.Error}");
        byte[] bytes = new byte[result.Region.Length];
        result.Region.CopyTo(bytes);
        result.Region.Release();
        return bytes;
    }

    /// <summary>Reads the bytes of all batches below an offset.</summary>
    public byte[] ReadAll(long upperBound = long.MaxValue)
    {
        List<byte> all = [];
        for (Offset next = Log.LogStartOffset; next < Log.EndOffset;)
        {
            byte[] piece = Read(next.Value, upperBound: upperBound);
            if (piece.Length == 0) break;
            all.AddRange(piece);
            next = EndOf(piece);
        }

        return [.. all];
    }

    /// <summary>Compacts the log with little memory for reading and writing, so that it goes in many pieces.</summary>
    public async Task<CompactionResult?> CompactAsync(CompactionSettings? settings = null)
    {
        using LogCompactor compactor = new(
            settings ?? new CompactionSettings { IoBufferBytes = 300, DedupeBufferBytes = 24 * 1024 }, time, seed: 5, NullLogger.Instance);
        return await compactor.CompactAsync(Log);
    }

    /// <summary>Housekeeping at the clock's time.</summary>
    public void Housekeep() => Directory.RunHousekeeping(Now);

    private static Offset EndOf(ReadOnlySpan<byte> batches)
    {
        Offset end = Offset.Zero;
        RecordBatchReader reader = new(batches, checkCrc: false);
        while (reader.MoveNext()) end = reader.Current.NextOffset;
        return end;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _directory?.DisposeAsync() ?? ValueTask.CompletedTask;
}
