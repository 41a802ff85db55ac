using PerfLog.Storage;

namespace PerfLog.Broker.Configuration;

/// <summary>How the broker compacts logs. Immutable.</summary>
public sealed record CleanerOptions
{
    public required bool IsEnabled { get; init; }

    /// <summary>Logs compacted at one time; read when the broker starts.</summary>
    public required int Threads { get; init; }

    public required long BackoffMs { get; init; }

    /// <summary>What one of the threads may use.</summary>
    public required CompactionSettings PerThread { get; init; }

    internal static CleanerOptions Read(BrokerConfig config)
    {
        int threads = ConfigText.Int(config.Get(BrokerKeys.CleanerThreads));
        return new CleanerOptions
        {
            IsEnabled = ConfigText.Boolean(config.Get(BrokerKeys.CleanerEnable)),
            Threads = threads,
            BackoffMs = ConfigText.Long(config.Get(BrokerKeys.CleanerBackoffMs)),
            PerThread = new CompactionSettings
            {
                DedupeBufferBytes = ConfigText.Long(config.Get(BrokerKeys.CleanerDedupeBufferBytes)) / Math.Max(threads, 1),
                LoadFactor = ConfigText.Double(config.Get(BrokerKeys.CleanerLoadFactor)),
                IoBufferBytes = ConfigText.Int(config.Get(BrokerKeys.CleanerIoBufferBytes)) / Math.Max(threads, 1),
                BytesPerSecondMax = ConfigText.Double(config.Get(BrokerKeys.CleanerBytesPerSecondMax)),
            },
        };
    }
}
