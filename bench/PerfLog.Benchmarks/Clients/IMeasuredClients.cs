namespace PerfLog.Benchmarks.Clients;

/// <summary>A library's clients, behind the three kinds of work that they are compared in. Runs in a process of its own.</summary>
internal interface IMeasuredClients
{
    /// <summary>Sends numbered records, and returns when the fate of each was told.</summary>
    Task<ClientCost> ProduceAsync(ProduceWork work);

    /// <summary>Reads a topic of numbered records.</summary>
    /// <exception cref="InvalidDataException">A record is missing, came twice, or has other bytes.</exception>
    Task<ClientCost> ConsumeAsync(ConsumeWork work);

    /// <summary>Sends at a rate and reads meanwhile.</summary>
    Task<ClientLatency> MeasureLatencyAsync(LatencyWork work);
}
