using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace PerfLog.Storage;

/// <summary>How a process that embeds the engine opens a <see cref="LogDirectory"/>. Every setting has a default. Immutable.</summary>
public sealed record LogDirectoryOptions
{
    /// <summary>The settings of a log that is found in the directory or made without any; Kafka's defaults by default. It may be called
    /// from several threads at once.</summary>
    public Func<TopicPartition, LogOptions> LogOptionsFor { get; init; } = static _ => LogOptions.Default;

    /// <summary>What the files lie on; null for the disk, with io_uring where the kernel allows it.</summary>
    public IStorageDevice? Device { get; init; }

    /// <summary>The clock, which also drives the timers.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told of repairs, cuts and failures.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Where random ids and the jitter of segment rolls come from; null takes what the system has.</summary>
    public int? Seed { get; init; }

    /// <summary>The logs opened or recovered at once.</summary>
    public int OpeningThreads { get; init; } = Environment.ProcessorCount;

    /// <summary>How the logs are written whose options do not say it.</summary>
    public WritePath WritePath { get; init; }

    /// <summary>Appends are refused when the disk has less left than this; 0 lets them go on until it is full, which takes the
    /// directory offline.</summary>
    public long DiskReserveBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>The time between two rounds of housekeeping: flushes that are due (<c>flush.ms</c>), checkpoints, the look at the disk's room.</summary>
    public TimeSpan HousekeepingInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The time between two looks for segments that are too old or too many (<c>log.retention.check.interval.ms</c>).</summary>
    public TimeSpan RetentionCheckInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The time between two looks for logs to compact (<c>log.cleaner.backoff.ms</c>).</summary>
    public TimeSpan CompactionInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>What compaction may use; one log is compacted at a time, and the memory is taken while it is.</summary>
    public CompactionSettings Compaction { get; init; } = new();

    /// <summary>The bytes in which a log gathers single records into one batch at most. A larger record gets a batch of its own.
    /// A file takes batches of this size with two thirds of the work of batches of half of it.</summary>
    public int BatchBytes { get; init; } = 256 * 1024;

    /// <summary>The memory for records that are accepted and not yet written, of all logs together (as <c>buffer.memory</c>). Who
    /// appends beyond it waits for the disk.</summary>
    public long BufferBytes { get; init; } = 32 * 1024 * 1024;

    /// <exception cref="ArgumentException">A setting makes no sense; says which.</exception>
    internal void Require()
    {
        AtLeast(nameof(OpeningThreads), OpeningThreads, 1);
        AtLeast(nameof(DiskReserveBytes), DiskReserveBytes, 0);
        AtLeast(nameof(BatchBytes), BatchBytes, 1024);
        AtLeast(nameof(BufferBytes), BufferBytes, BatchBytes);
        AtLeast(nameof(HousekeepingInterval), HousekeepingInterval.Ticks, TimeSpan.TicksPerMillisecond);
        AtLeast(nameof(RetentionCheckInterval), RetentionCheckInterval.Ticks, 0);
        AtLeast(nameof(CompactionInterval), CompactionInterval.Ticks, TimeSpan.TicksPerMillisecond);
    }

    private static void AtLeast(string name, long value, long least)
    {
        if (value < least) throw new ArgumentException($"{nameof(LogDirectoryOptions)}.{name} is {value}; it must be at least {least}.", name);
    }
}
