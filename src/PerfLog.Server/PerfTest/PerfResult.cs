using System.Text.Json;

namespace PerfLog.Server.PerfTest;

/// <summary>What one measurement gave.</summary>
internal sealed record PerfResult
{
    private const double BytesInMegabyte = 1024 * 1024;

    /// <summary>"produce", "consume" or "e2e".</summary>
    public required string Test { get; init; }

    public required string Topic { get; init; }

    public required long Records { get; init; }

    public required long Bytes { get; init; }

    public required TimeSpan Elapsed { get; init; }

    /// <summary>What <see cref="Latency"/> is the time of, for people.</summary>
    public required string LatencyOf { get; init; }

    public required LatencySummary Latency { get; init; }

    /// <summary>Kafka's own lines, as its tool of this kind ends.</summary>
    public required IReadOnlyList<string> KafkaLines { get; init; }

    public double Seconds => Math.Max(Elapsed.TotalSeconds, 1e-6);

    public double RecordsPerSecond => Records / Seconds;

    public double Megabytes => Bytes / BytesInMegabyte;

    public double MegabytesPerSecond => Megabytes / Seconds;

    public void WriteJson(Utf8JsonWriter json, ClientMetrics? metrics)
    {
        json.WriteStartObject();
        json.WriteString("test", Test);
        json.WriteString("topic", Topic);
        json.WriteNumber("records", Records);
        json.WriteNumber("bytes", Bytes);
        json.WriteNumber("seconds", Seconds);
        json.WriteNumber("recordsPerSecond", RecordsPerSecond);
        json.WriteNumber("megabytesPerSecond", MegabytesPerSecond);
        json.WriteStartObject("latencyMs");
        json.WriteString("of", LatencyOf);
        json.WriteNumber("count", Latency.Count);
        json.WriteNumber("mean", Latency.MeanMs);
        json.WriteNumber("p50", Latency.P50Ms);
        json.WriteNumber("p95", Latency.P95Ms);
        json.WriteNumber("p99", Latency.P99Ms);
        json.WriteNumber("p99.9", Latency.P999Ms);
        json.WriteNumber("max", Latency.MaxMs);
        json.WriteEndObject();
        metrics?.WriteJson(json);
        json.WriteEndObject();
    }
}
