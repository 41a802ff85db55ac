using System.Globalization;
using PerfLog.Client.Consuming;
using PerfLog.Server.Clients;

namespace PerfLog.Server.PerfTest;

/// <summary>What to read, and when to stop.</summary>
internal sealed record ConsumeTestPlan
{
    public required string Topic { get; init; }

    public required long Records { get; init; }

    /// <summary>Stops when no record came for so long.</summary>
    public TimeSpan IdleMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Starts at the end, with what comes from now on.</summary>
    public bool FromLatest { get; init; }

    /// <summary>Without the line that names the columns.</summary>
    public bool HidesHeader { get; init; }
}

/// <summary>Reads a topic as fast as it goes, all of it or as a group's member, and says what Kafka's own tool says.</summary>
internal sealed class ConsumeTest(ConsumerOptions options, ConsumeTestPlan plan)
{
    public const string DetailedHeader =
        "time, threadId, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec";

    private const string Header =
        "start.time, end.time, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec";

    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);

    private readonly PerfCounter _read = new(options.Time);
    private readonly RebalanceClock _rebalances = new(options.Time);
    private readonly DateTimeOffset _startTime = options.Time.GetUtcNow();
    private readonly long _started = options.Time.GetTimestamp();

    /// <summary>Fewer records came than were asked for.</summary>
    public bool IsShort => _read.Records < plan.Records;

    public async Task<PerfResult> RunAsync(PerfView view, CancellationToken cancellation)
    {
        await using Consumer<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> consumer = new(options);
        await StartAsync(consumer, cancellation);
        long end;
        await using (PerfProgress progress = new(view, options.Time, _read.TakeWindow)) end = await ReadAsync(consumer, cancellation);

        // What was waited for in vain at the end is no part of the reading.
        return Result(options.Time.GetElapsedTime(_started, end));
    }

    /// <summary>A row under <see cref="DetailedHeader"/>.</summary>
    public string DetailedRow(PerfWindow window)
    {
        double megabytes = _read.Bytes / (1024.0 * 1024);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Format(options.Time.GetUtcNow())}, 0, {megabytes:F4}, {window.MegabytesPerSecond:F4}, {_read.Records}, {window.RecordsPerSecond:F4}, {_rebalances.Total.TotalMilliseconds:F0}, {window.Elapsed.TotalMilliseconds:F0}, {window.MegabytesPerSecond:F4}, {window.RecordsPerSecond:F4}");
    }

    private async Task StartAsync(Consumer<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> consumer, CancellationToken cancellation)
    {
        TopicPartition[] partitions = await TopicPartitions.FindAsync(options.BootstrapServers, options.Security, plan.Topic, cancellation);
        if (options.GroupId is not null)
        {
            consumer.Subscribe([plan.Topic], _rebalances);
            return;
        }

        consumer.Assign(partitions);
        foreach (TopicPartition partition in partitions)
        {
            if (plan.FromLatest) consumer.SeekToEnd(partition);
            else consumer.SeekToBeginning(partition);
        }
    }

    /// <returns>When the last record came.</returns>
    private async Task<long> ReadAsync(
        Consumer<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> consumer, CancellationToken cancellation)
    {
        long lastAt = options.Time.GetTimestamp();
        while (_read.Records < plan.Records && options.Time.GetElapsedTime(lastAt) < plan.IdleMax && !cancellation.IsCancellationRequested)
        {
            long asked = options.Time.GetTimestamp();
            using ConsumedBatch<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> batch = await consumer.PollAsync(PollTime, CancellationToken.None);
            if (batch.Count == 0) continue;
            lastAt = options.Time.GetTimestamp();
            _read.AddTime(options.Time.GetElapsedTime(asked, lastAt));
            Count(batch);
        }

        return lastAt;
    }

    private void Count(ConsumedBatch<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> batch)
    {
        long bytes = 0;
        foreach (ConsumedRecord<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> record in batch)
            bytes += record.KeyBytes.Length + record.ValueBytes.Length;
        _read.Add(batch.Count, bytes);
    }

    private PerfResult Result(TimeSpan elapsed)
    {
        PerfResult result = new()
        {
            Test = "consume",
            Topic = plan.Topic,
            Records = _read.Records,
            Bytes = _read.Bytes,
            Elapsed = elapsed,
            LatencyOf = "Poll that brings records",
            Latency = _read.Latency,
            KafkaLines = [],
        };
        return result with { KafkaLines = plan.HidesHeader ? [Row(result)] : [Header, Row(result)] };
    }

    private string Row(PerfResult result)
    {
        TimeSpan rebalancing = _rebalances.Total;
        double fetching = Math.Max((result.Elapsed - rebalancing).TotalSeconds, 1e-6);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Format(_startTime)}, {Format(_startTime + result.Elapsed)}, {result.Megabytes:F4}, {result.MegabytesPerSecond:F4}, {result.Records}, {result.RecordsPerSecond:F4}, {rebalancing.TotalMilliseconds:F0}, {fetching * 1000:F0}, {result.Megabytes / fetching:F4}, {result.Records / fetching:F4}");
    }

    private static string Format(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss:fff", CultureInfo.InvariantCulture);

    /// <summary>How long the group took to give out partitions: until the first came, and from each loss to the next gain.</summary>
    private sealed class RebalanceClock(TimeProvider time) : IRebalanceListener
    {
        private long? _since = time.GetTimestamp();

        public TimeSpan Total { get; private set; }

        public ValueTask OnRevokedAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken cancellation)
        {
            _since ??= time.GetTimestamp();
            return ValueTask.CompletedTask;
        }

        public ValueTask OnAssignedAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken cancellation)
        {
            if (_since is { } since) Total += time.GetElapsedTime(since);
            _since = null;
            return ValueTask.CompletedTask;
        }
    }
}
