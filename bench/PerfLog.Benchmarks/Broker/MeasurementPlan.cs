namespace PerfLog.Benchmarks.Broker;

/// <summary>How long each figure is measured. Immutable.</summary>
internal sealed record MeasurementPlan
{
    public static readonly MeasurementPlan Full = new()
    {
        Name = "full",
        Rounds = 15,
        WarmUpRounds = 3,
        TransferBytes = 256L << 20,
        LatencyRequests = 20_000,
        PipelinedRequests = 400_000,
        StartRounds = 5,
        AllocationRequests = 20_000,
        ClientRounds = 4,
        LatencyRounds = 10,
        ClientRecords = 1_000_000,
        SteadySeconds = 2,
    };

    public static readonly MeasurementPlan Quick = Full with
    {
        Name = "quick",
        Rounds = 5,
        WarmUpRounds = 1,
        TransferBytes = 128L << 20,
        LatencyRequests = 5_000,
        PipelinedRequests = 100_000,
        StartRounds = 3,
        AllocationRequests = 5_000,
        ClientRounds = 2,
        LatencyRounds = 6,
        ClientRecords = 800_000,
        SteadySeconds = 1.5,
    };

    public required string Name { get; init; }

    public required int Rounds { get; init; }

    /// <summary>Rounds of transfers before those that count: the JIT compiler works beside the first ones, on one of few cores.</summary>
    public required int WarmUpRounds { get; init; }

    /// <summary>What one round produces or fetches.</summary>
    public required long TransferBytes { get; init; }

    public required int LatencyRequests { get; init; }

    public required int PipelinedRequests { get; init; }

    public required int StartRounds { get; init; }

    public required int AllocationRequests { get; init; }

    /// <summary>Even, so that both orders of the clients are as frequent.</summary>
    public required int ClientRounds { get; init; }

    /// <summary>The same for their latency, of which a single stall decides a round.</summary>
    public required int LatencyRounds { get; init; }

    /// <summary>The records of one measurement of a client; fewer when they are large.</summary>
    public required int ClientRecords { get; init; }

    /// <summary>How long a client's latency is measured.</summary>
    public required double SteadySeconds { get; init; }

    /// <summary>The disk space that the run needs: what all rounds produce, to broker and sink, with a third to spare.</summary>
    public long DiskBytes => TransferBytes * 2 * (Rounds + WarmUpRounds + 1) * 4 / 3;
}
