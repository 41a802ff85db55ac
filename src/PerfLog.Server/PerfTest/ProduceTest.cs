using System.Globalization;
using PerfLog.Client.Producing;
using PerfLog.Records;
using PerfLog.Server.Clients;

namespace PerfLog.Server.PerfTest;

/// <summary>What to send.</summary>
internal sealed record ProducePlan
{
    public required string Topic { get; init; }

    public required long Records { get; init; }

    /// <summary>Sent first, and not measured.</summary>
    public long WarmUpRecords { get; init; }

    /// <summary>Records a second; 0 or less for as many as go.</summary>
    public double Throughput { get; init; } = -1;
}

/// <summary>Sends records as fast as they go, or at a rate, and says what Kafka's own tool says.</summary>
internal sealed class ProduceTest(ProducerOptions options, ProducePlan plan, RecordSource source)
{
    private readonly TimedSends _sends = new(options.Time);

    /// <param name="view">Shows how it goes on.</param>
    /// <param name="cancellation">Ends the sending; what was acknowledged until then is the result.</param>
    public async Task<PerfResult> RunAsync(PerfView view, CancellationToken cancellation)
    {
        await using Producer<None, ReadOnlyMemory<byte>> producer = new(options);
        await TopicPartitions.RequireWritableAsync(options.BootstrapServers, options.Security, plan.Topic, partition: null, cancellation);
        // The first record brings the topic's partitions, and shows what is wrong before anything is measured.
        await producer.SendAsync(plan.Topic, default, source.Value(0), cancellation);
        await SendAllAsync(producer, plan.WarmUpRecords, cancellation);
        await producer.FlushAsync(cancellation);
        _sends.Acknowledged.Restart();
        long started = options.Time.GetTimestamp();
        await using (PerfProgress progress = new(view, options.Time, _sends.Acknowledged.TakeWindow))
        {
            try
            {
                await SendAllAsync(producer, plan.Records, cancellation);
                await producer.FlushAsync(cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested && _sends.Acknowledged.Records > 0)
            {
                // What is measured until now is what was asked for so far.
            }
        }

        if (_sends.Failure is { } failure)
            throw new CommandException($"{_sends.Failures:N0} records were not written: {failure.Message}", failure);
        return Result(options.Time.GetElapsedTime(started));
    }

    /// <summary>The line that Kafka's tool prints for each interval.</summary>
    public static string WindowLine(PerfWindow window) => string.Create(
        CultureInfo.InvariantCulture,
        $"{window.Records} records sent, {window.RecordsPerSecond:F1} records/sec ({window.MegabytesPerSecond:F2} MB/sec), {window.Latency.MeanMs:F1} ms avg latency, {window.Latency.MaxMs:F1} ms max latency.");

    private async Task SendAllAsync(Producer<None, ReadOnlyMemory<byte>> producer, long records, CancellationToken cancellation)
    {
        long started = options.Time.GetTimestamp();
        for (long sent = 0; sent < records && _sends.Failure is null; sent++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (plan.Throughput > 0) await HoldBackAsync(started, sent, cancellation);
            ReadOnlyMemory<byte> value = source.Value(sent);
            await producer.Send(plan.Topic, default, value.Span, _sends.Begin(value.Length), cancellation);
        }
    }

    private async ValueTask HoldBackAsync(long started, long sent, CancellationToken cancellation)
    {
        TimeSpan ahead = TimeSpan.FromSeconds(sent / plan.Throughput) - options.Time.GetElapsedTime(started);
        if (ahead > TimeSpan.FromMilliseconds(1)) await Task.Delay(ahead, options.Time, cancellation);
    }

    private PerfResult Result(TimeSpan elapsed)
    {
        PerfResult result = new()
        {
            Test = "produce",
            Topic = plan.Topic,
            Records = _sends.Acknowledged.Records,
            Bytes = _sends.Acknowledged.Bytes,
            Elapsed = elapsed,
            LatencyOf = "Send to acknowledgement",
            Latency = _sends.Acknowledged.Latency,
            KafkaLines = [],
        };
        return result with { KafkaLines = [Line(result)] };
    }

    private static string Line(PerfResult result)
    {
        LatencySummary latency = result.Latency;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Records} records sent, {result.RecordsPerSecond:F6} records/sec ({result.MegabytesPerSecond:F2} MB/sec), {latency.MeanMs:F2} ms avg latency, {latency.MaxMs:F2} ms max latency, {latency.P50Ms:F0} ms 50th, {latency.P95Ms:F0} ms 95th, {latency.P99Ms:F0} ms 99th, {latency.P999Ms:F0} ms 99.9th.");
    }
}
