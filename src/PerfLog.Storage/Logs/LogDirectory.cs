using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace PerfLog.Storage;

/// <summary>
/// One entry of <c>log.dirs</c>: its lock, its <c>meta.properties</c>, its checkpoints and its logs. A directory that
/// fails goes offline with its cause; others are not touched. Members may be called from any thread.
/// </summary>
public sealed partial class LogDirectory : IAsyncDisposable
{
    internal const string LockFileName = ".lock";

    private readonly LogDirectorySettings _settings;
    private readonly IStorageDevice _device;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DirectoryFailure _failure;
    private readonly DiskSpace _space;
    private readonly DeletedFiles _deleted;
    private readonly DirectoryCheckpoints _checkpoints;
    private readonly FlushOfMany _flushes;
    private readonly LogSurroundings _surroundings;
    private readonly ConcurrentDictionary<TopicPartition, PartitionLog> _logs = new();
    private readonly ConcurrentDictionary<TopicPartition, StorageException> _damaged = new();
    private readonly Lock _folders = new();
    private readonly HashSet<TopicPartition> _inCreation = [];
    private readonly IDisposable _lock;
    private RecordLogs? _recordLogs;
    private bool _isDisposed;
    private TimestampMs _retentionDue;

    private LogDirectory(
        LogDirectorySettings settings, IStorageDevice device, TimeProvider time, ILogger logger, IDisposable ownedLock)
    {
        _settings = settings;
        _device = device;
        _time = time;
        _logger = logger;
        _lock = ownedLock;
        _failure = new DirectoryFailure(settings.Path, device, logger) { Recorded = () => _recordLogs?.EndAll() };
        _space = new DiskSpace(device, settings.Path, settings.DiskReserveBytes, logger);
        _deleted = new DeletedFiles(device);
        _flushes = new FlushOfMany(device);
        _checkpoints = new DirectoryCheckpoints(device, settings, () => _logs.Values, () => _damaged.Keys, logger);
        _surroundings = new LogSurroundings(device, time, settings.Random, _failure, _space, _deleted, logger)
        {
            SaveRecoveryPoints = _checkpoints.WriteRecoveryPoints,
            SaveCleanedOffsets = _checkpoints.WriteCleaned,
        };
    }

    /// <summary>The directory's path.</summary>
    public string Path => _settings.Path;

    /// <summary>The directory's own id, kept in <c>meta.properties</c>.</summary>
    public Uuid DirectoryId { get; private set; }

    /// <summary>The number of logs now.</summary>
    public int LogCount => _logs.Count;

    /// <summary>The logs, in no order; a snapshot.</summary>
    public IReadOnlyCollection<PartitionLog> Logs => (IReadOnlyCollection<PartitionLog>)_logs.Values;

    /// <summary>The logs that are here but could not be opened, and why. They are left as they are; a doctor may repair them.</summary>
    public IReadOnlyDictionary<TopicPartition, StorageException> Damaged => _damaged;

    /// <summary>The bytes of all logs.</summary>
    public long SizeBytes => _logs.Sum(static log => log.Value.SizeBytes);

    /// <summary>Whether the directory failed; its logs then answer <see cref="ErrorCode.KafkaStorageError"/>.</summary>
    public bool IsOffline => _failure.IsOffline;

    /// <summary>Whether appends are refused because the disk has no more room than its reserve.</summary>
    public bool IsFull => _space.IsFull;

    /// <summary>Why it is offline; null while it is not.</summary>
    public Exception? Failure => _failure.Cause;

    /// <summary>
    /// Opens a directory for a process that embeds the engine, and all logs in it. It keeps house by itself until it is disposed.
    /// </summary>
    /// <param name="path">The directory; created when missing.</param>
    /// <param name="options">How to open it; the defaults when null.</param>
    /// <param name="cancellation">Gives up opening; the directory is then as after a crash.</param>
    /// <exception cref="ArgumentException">An option makes no sense.</exception>
    /// <exception cref="DirectoryLockedException">Another process has it open.</exception>
    /// <exception cref="IOException">The device failed.</exception>
    public static async ValueTask<LogDirectory> OpenAsync(
        string path, LogDirectoryOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        LogDirectoryOptions chosen = options ?? new LogDirectoryOptions();
        chosen.Require();
        Random random = new(chosen.Seed ?? System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue));
        LogDirectorySettings settings = new()
        {
            Path = System.IO.Path.GetFullPath(path),
            ClusterId = null,
            BrokerId = null,
            Random = random,
            OpeningThreads = chosen.OpeningThreads,
            WritePath = chosen.WritePath,
            DiskReserveBytes = chosen.DiskReserveBytes,
            RetentionCheckMs = (long)chosen.RetentionCheckInterval.TotalMilliseconds,
        };
        LogDirectory directory = await OpenAsync(
            settings, chosen.Device ?? DiskDevice.Shared, chosen.LogOptionsFor, chosen.Time, chosen.Logger, cancellation);
        directory._recordLogs = new RecordLogs(directory, chosen, random);
        return directory;
    }

    /// <summary>
    /// Opens a directory and all logs in it for an owner that keeps house itself (<see cref="RunHousekeeping"/>), as a broker does.
    /// After a clean stop nothing is scanned; otherwise each log is checked from
    /// its recovery point on and cut at the first bad batch. A log that cannot be opened is left out.
    /// </summary>
    /// <param name="settings">Where it is and to whom it belongs.</param>
    /// <param name="device">What its files lie on.</param>
    /// <param name="optionsFor">The settings of each log that is found; called from several threads.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told of repairs, cuts and failures.</param>
    /// <param name="cancellation">Gives up opening; the directory is then as after a crash.</param>
    /// <exception cref="DirectoryLockedException">Another process has it open.</exception>
    /// <exception cref="DirectoryMismatchException">It belongs to another cluster or broker.</exception>
    /// <exception cref="IOException">The device failed.</exception>
    public static async ValueTask<LogDirectory> OpenAsync(
        LogDirectorySettings settings,
        IStorageDevice device,
        Func<TopicPartition, LogOptions> optionsFor,
        TimeProvider time,
        ILogger logger,
        CancellationToken cancellation = default)
    {
        device.CreateDirectory(settings.Path);
        IDisposable directoryLock = device.TryLock(System.IO.Path.Combine(settings.Path, LockFileName))
            ?? throw new DirectoryLockedException(settings.Path);
        LogDirectory directory = new(settings, device, time, logger, directoryLock);
        try
        {
            await directory.LoadAsync(optionsFor, cancellation);
            return directory;
        }
        catch
        {
            directory.Abandon();
            throw;
        }
    }

    /// <summary>
    /// The log of a name, made when it is not there yet. It belongs to the directory; asked for again it is the same. Nothing else
    /// may append to its partition.
    /// </summary>
    /// <param name="name">The name, as Kafka's topics have them; the log's folder is <c>name-partition</c>.</param>
    /// <param name="options">The log's settings; when null those of <see cref="LogDirectoryOptions.LogOptionsFor"/>.</param>
    /// <param name="partition">The number, for those who split a log into several.</param>
    /// <exception cref="ArgumentException">The name or an option makes no sense.</exception>
    /// <exception cref="StorageException">The log is damaged, the directory is offline, or its disk is full.</exception>
    public RecordLog OpenLog(string name, LogOptions? options = null, int partition = 0)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        RecordLogs logs = _recordLogs ?? throw new InvalidOperationException("The directory was not opened for record logs: use OpenAsync(path, options).");
        return logs.Open(new TopicPartition(name, partition), options);
    }

    /// <summary>Finds a partition's log.</summary>
    public bool TryGet(TopicPartition partition, [NotNullWhen(true)] out PartitionLog? log) => _logs.TryGetValue(partition, out log);

    /// <summary>Makes a new, empty log.</summary>
    /// <exception cref="InvalidOperationException">The partition has a log here.</exception>
    /// <exception cref="StorageException">The directory is offline, failed now, or its disk is full.</exception>
    public PartitionLog Create(TopicPartition partition, Uuid topicId, LogOptions options)
    {
        lock (_folders)
        {
            if (_logs.ContainsKey(partition)) throw new InvalidOperationException($"{Path} holds {partition} already.");
            if (_damaged.TryGetValue(partition, out StorageException? damage)) throw damage;
            _space.ThrowIfFull();
            if (!_inCreation.Add(partition)) throw new InvalidOperationException($"{partition} is being made in {Path} already.");
        }

        // Outside the lock: who makes many logs at once has their flushes joined by the file system.
        try
        {
            return _failure.Guard(() => CreateFolder(partition, topicId, options));
        }
        finally
        {
            lock (_folders) _inCreation.Remove(partition);
        }
    }

    /// <summary>Takes a log out at once; its files are removed after <c>file.delete.delay.ms</c>. An unknown one is no error.</summary>
    /// <exception cref="StorageException">The directory is offline or failed now.</exception>
    public void Delete(TopicPartition partition)
    {
        _recordLogs?.EndDeleted(partition);
        lock (_folders)
        {
            if (_logs.TryGetValue(partition, out PartitionLog? log)) _failure.Guard(() => DeleteFolder(log));
            else if (_damaged.TryRemove(partition, out _)) _failure.Guard(() => RenameForRemoval(partition, delayMs: 0));
        }
    }

    /// <summary>
    /// Retention, flushes that are due, expiry of producers, removal of deleted files and checkpoints. The owner calls it
    /// from a timer, about once a second; calls do not overlap. A failure takes the directory offline and is not thrown.
    /// </summary>
    public void RunHousekeeping(TimestampMs now)
    {
        if (_failure.IsOffline || _isDisposed) return;
        try
        {
            _space.Check();
            bool appliesRetention = now >= _retentionDue;
            if (appliesRetention) _retentionDue = now + _settings.RetentionCheckMs;
            _flushes.Run(_logs.Select(static log => log.Value.Flushing).Where(flush => flush.IsLate(now)));
            foreach (KeyValuePair<TopicPartition, PartitionLog> log in _logs) log.Value.RunHousekeeping(now, appliesRetention);
            _deleted.RemoveDue(now);
            _checkpoints.WriteDue(now);
        }
        catch (Exception cause)
        {
            _failure.Record(cause);
        }
    }

    /// <summary>
    /// Flushes and closes all logs, leaves the clean-shutdown mark, and gives up the lock. What fails here is logged; the
    /// next opening then checks the logs as after a crash.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        if (_recordLogs is not null) await _recordLogs.DisposeAsync();
        try
        {
            if (!_failure.IsOffline) await CloseCleanlyAsync();
        }
        catch (Exception cause)
        {
            // It is logged; disposing does not throw.
            _failure.Record(cause);
        }

        Abandon();
    }

    internal void Forget(RecordLog log) => _recordLogs?.Forget(log);

    internal void ThrowIfOffline() => _failure.ThrowIfOffline();

    private async Task LoadAsync(Func<TopicPartition, LogOptions> optionsFor, CancellationToken cancellation)
    {
        _space.Check();
        _surroundings.WritePath = WritePathChoice.For(_settings.WritePath, _device, Path, _logger);
        DirectoryId = MetaProperties.ReadOrCreate(_device, _settings).DirectoryId;
        bool isDoubtful = DoubtMark.Exists(_device, Path);
        bool hasCleanMark = CleanShutdownMark.Exists(_device, Path);
        bool isClean = hasCleanMark && !isDoubtful;
        Func<TopicPartition, LogCheckpoints> checkpoints = _checkpoints.Read();
        List<TopicPartition> found = FindFolders();

        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _settings.OpeningThreads, CancellationToken = cancellation };
        await Parallel.ForEachAsync(found, parallel, (partition, _) =>
        {
            LoadOrSetAside(partition, optionsFor(partition), checkpoints(partition), new OpeningTrust(isClean, isDoubtful));
            return ValueTask.CompletedTask;
        });

        if (hasCleanMark) CleanShutdownMark.Remove(_device, Path);
        if (!isClean) _checkpoints.WriteAll();
        if (isDoubtful) DoubtMark.Remove(_device, Path);
        LogOpened(_logger, Path, _logs.Count, isClean ? "a clean" : "an unclean or first", _device.Name);
    }

    private List<TopicPartition> FindFolders()
    {
        List<TopicPartition> found = [];
        foreach (string name in _device.ListDirectories(Path))
        {
            if (PartitionFolder.TryParse(name, out TopicPartition partition)) found.Add(partition);
            else if (name.EndsWith(PartitionFolder.DeleteSuffix, StringComparison.Ordinal)) _device.DeleteDirectory(PathOf(name));
            else if (!_settings.OtherFolders.Contains(name)) LogIgnored(_logger, PathOf(name));
        }

        return found;
    }

    // One damaged log must not keep the others closed; what it has is not touched, so that nothing is made worse.
    private void LoadOrSetAside(TopicPartition partition, LogOptions options, LogCheckpoints checkpoints, OpeningTrust trust)
    {
        try
        {
            _logs[partition] = Load(partition, options, checkpoints, trust);
        }
        catch (Exception damage) when (damage is StorageException or InvalidOperationException or OverflowException)
        {
            LogDamaged(_logger, damage, partition);
            _damaged[partition] = damage as StorageException ?? new StorageException(PathOf(partition.ToString()), damage.Message, damage);
        }
    }

    private PartitionLog Load(TopicPartition partition, LogOptions options, LogCheckpoints checkpoints, OpeningTrust trust)
    {
        string folder = PathOf(partition.ToString());
        LogState state = new(_surroundings, partition, PartitionMetadata.Read(_device, folder), folder, options);
        new LogLoader(state, checkpoints, trust).Load();
        return new PartitionLog(state);
    }

    private PartitionLog CreateFolder(TopicPartition partition, Uuid topicId, LogOptions options)
    {
        _checkpoints.Forget(partition);
        string folder = PathOf(partition.ToString());
        _device.CreateDirectory(folder);
        PartitionMetadata.Write(_device, folder, topicId);
        _device.FlushDirectory(Path);
        PartitionLog log = Load(partition, options, default, OpeningTrust.Full);
        _device.FlushDirectory(folder);
        _logs[partition] = log;
        return log;
    }

    private void DeleteFolder(PartitionLog log)
    {
        _logs.TryRemove(log.Partition, out _);
        log.Abandon();
        RenameForRemoval(log.Partition, log.Options.FileDeleteDelayMs);
    }

    private void RenameForRemoval(TopicPartition partition, long delayMs)
    {
        string deleted;
        lock (_settings.Random) deleted = PathOf(PartitionFolder.DeletedName(partition, _settings.Random));
        _device.RenameDirectory(PathOf(partition.ToString()), deleted);
        _device.FlushDirectory(Path);
        _deleted.AddFolder(deleted, TimestampMs.Now(_time) + delayMs);
    }

    // What was appended is flushed together; the many small files of each log are left to several threads, whose flushes the
    // file system joins.
    private async ValueTask CloseCleanlyAsync()
    {
        _flushes.Run(_logs.Select(static log => log.Value.Flushing).Where(static flush => flush.IsBehind));
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _settings.OpeningThreads };
        await Parallel.ForEachAsync(_logs, parallel, static (log, _) =>
        {
            log.Value.CloseCleanly();
            return ValueTask.CompletedTask;
        });
        _checkpoints.WriteAll();
        CleanShutdownMark.Write(_device, Path);
    }

    private void Abandon()
    {
        foreach (KeyValuePair<TopicPartition, PartitionLog> log in _logs) log.Value.Abandon();
        _lock.Dispose();
    }

    private string PathOf(string name) => System.IO.Path.Combine(Path, name);

    [LoggerMessage(Level = LogLevel.Information, Message = "Log directory {Directory}: {Logs} logs opened after {Stop} stop, device: {Device}")]
    private static partial void LogOpened(ILogger logger, string directory, int logs, string stop, string device);

    [LoggerMessage(Level = LogLevel.Error, Message = "The log of {Partition} cannot be opened and stays closed; 'perflog doctor' tells more")]
    private static partial void LogDamaged(ILogger logger, Exception damage, TopicPartition partition);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Path} is no partition folder and is left alone")]
    private static partial void LogIgnored(ILogger logger, string path);
}
