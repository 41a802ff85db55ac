using System.Globalization;
using HdrHistogram;
using PerfLog.Client.Producing;
using PerfLog.Records;

namespace PerfLog.Server.Clients;

/// <summary>
/// Sends generated records as fast as they go, or at a rate, and prints what Kafka's own tool prints. A record's latency is
/// from its timestamp to the telling of its outcome, in whole milliseconds.
/// </summary>
internal sealed class ProduceTest(
    ProducerOptions options, string topic, long records, int recordBytes, double throughput, TextWriter output)
{
    private const long LatencyMsMax = 600_000;

    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly LongHistogram _all = new(LatencyMsMax, numberOfSignificantValueDigits: 3);
    private readonly LongHistogram _window = new(LatencyMsMax, numberOfSignificantValueDigits: 3);
    private long _started;
    private ProduceException? _failure;

    public async Task RunAsync(CancellationToken cancellation)
    {
        byte[] payload = new byte[recordBytes];
        new Random(recordBytes).NextBytes(payload);
        await using (Producer<None, ReadOnlyMemory<byte>> producer = new(options))
        {
            await producer.SendAsync(topic, default, payload, cancellation);
            _started = options.Time.GetTimestamp();
            await SendAllAsync(producer, payload, cancellation);
            await producer.FlushAsync(cancellation);
        }

        if (_failure is not null) throw _failure;
        lock (_lock) output.WriteLine(Line(_all, options.Time.GetElapsedTime(_started)));
    }

    private async Task SendAllAsync(Producer<None, ReadOnlyMemory<byte>> producer, byte[] payload, CancellationToken cancellation)
    {
        Action<DeliveryReport> delivered = Count;
        long reportedAt = _started;
        for (long sent = 0; sent < records && Volatile.Read(ref _failure) is null; sent++)
        {
            await producer.Send(topic, default, payload, delivered, cancellation);
            const int Between = 1024;
            if (sent % Between != 0 && throughput <= 0) continue;
            if (throughput > 0) await HoldBackAsync(sent, cancellation);
            TimeSpan since = options.Time.GetElapsedTime(reportedAt);
            if (since < ReportInterval) continue;
            reportedAt = options.Time.GetTimestamp();
            Report(since);
        }
    }

    private async ValueTask HoldBackAsync(long sent, CancellationToken cancellation)
    {
        TimeSpan ahead = TimeSpan.FromSeconds(sent / throughput) - options.Time.GetElapsedTime(_started);
        if (ahead > TimeSpan.FromMilliseconds(1)) await Task.Delay(ahead, options.Time, cancellation);
    }

    private void Count(DeliveryReport report)
    {
        if (report.Failure is { } failure) Interlocked.CompareExchange(ref _failure, failure, null);
        long latency = TimestampMs.Now(options.Time).Value - report.Metadata.Timestamp.Value;
        lock (_lock)
        {
            _all.RecordValue(Math.Clamp(latency, 0, LatencyMsMax));
            _window.RecordValue(Math.Clamp(latency, 0, LatencyMsMax));
        }
    }

    private void Report(TimeSpan elapsed)
    {
        lock (_lock)
        {
            output.WriteLine(Short(_window, elapsed));
            _window.Reset();
        }
    }

    private string Short(LongHistogram latencies, TimeSpan elapsed)
    {
        double rate = latencies.TotalCount / elapsed.TotalSeconds;
        double megabytes = rate * recordBytes / (1024 * 1024);
        double mean = latencies.TotalCount == 0 ? 0 : latencies.GetMean();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{latencies.TotalCount} records sent, {rate:F1} records/sec ({megabytes:F2} MB/sec), {mean:F1} ms avg latency, {latencies.GetMaxValue():F1} ms max latency");
    }

    private string Line(LongHistogram latencies, TimeSpan elapsed) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Short(latencies, elapsed)}, {At(latencies, 50)} ms 50th, {At(latencies, 95)} ms 95th, {At(latencies, 99)} ms 99th, {At(latencies, 99.9)} ms 99.9th.");

    private static long At(LongHistogram latencies, double percentile) => latencies.GetValueAtPercentile(percentile);
}
