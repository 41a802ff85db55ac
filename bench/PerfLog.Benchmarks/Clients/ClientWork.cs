namespace PerfLog.Benchmarks.Clients;

/// <summary>What a client under test is to send. Goes from the measuring process to the client's as JSON.</summary>
internal sealed record ProduceWork
{
    public required string Servers { get; init; }

    public required string Topic { get; init; }

    public required int ValueBytes { get; init; }

    /// <summary>Records that count; <see cref="WarmUpRecords"/> go before them.</summary>
    public required int Records { get; init; }

    public required bool AcksAll { get; init; }

    /// <summary>Sent before the clock starts: the connection is made, the topic known and memory filled then.</summary>
    public required int WarmUpRecords { get; init; }

    public int AllRecords => WarmUpRecords + Records;
}

/// <summary>What a client under test is to read: all partitions of a topic from their beginning.</summary>
internal sealed record ConsumeWork
{
    public required string Servers { get; init; }

    public required string Topic { get; init; }

    public required int Partitions { get; init; }

    public required int ValueBytes { get; init; }

    public required int Records { get; init; }

    public required ConsumeWay Way { get; init; }
}

internal enum ConsumeWay
{
    /// <summary>Each value through a deserializer.</summary>
    Typed,

    /// <summary>The bytes, in the cheapest way that the client has.</summary>
    Raw,

    /// <summary>Not timed: every byte of every record is compared.</summary>
    Check,
}

/// <summary>What a client under test is to send at a steady rate and to read at the same time.</summary>
internal sealed record LatencyWork
{
    public required string Servers { get; init; }

    public required string Topic { get; init; }

    public required int ValueBytes { get; init; }

    public required int RecordsPerSecond { get; init; }

    /// <summary>Records of the beginning, which do not count.</summary>
    public required int WarmUpRecords { get; init; }

    public required int Records { get; init; }

    public int AllRecords => WarmUpRecords + Records;
}

/// <summary>What the timed part of some work took.</summary>
/// <param name="Seconds">From the first call to the last record's arrival.</param>
/// <param name="CpuSeconds">The processor time of the client's process.</param>
/// <param name="AllocatedBytes">What its process allocated on the managed heap.</param>
internal sealed record ClientCost(double Seconds, double CpuSeconds, long AllocatedBytes);

/// <summary>From when a record should have been sent to when the consumer had it, in microseconds.</summary>
internal sealed record ClientLatency(double P50, double P99, double CpuSeconds);
