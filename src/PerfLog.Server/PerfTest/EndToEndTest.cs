using System.Globalization;
using PerfLog.Client.Admin;
using PerfLog.Client.Consuming;
using PerfLog.Client.Producing;
using PerfLog.Records;
using PerfLog.Server.Clients;

namespace PerfLog.Server.PerfTest;

/// <summary>What to send, one after the other.</summary>
internal sealed record EndToEndPlan
{
    public required string Topic { get; init; }

    public required long Records { get; init; }

    public long WarmUpRecords { get; init; }

    public required int RecordBytes { get; init; }

    public Acks Acks { get; init; } = Acks.Leader;
}

/// <summary>Sends one record at a time and measures how long it takes until a consumer has it.</summary>
internal sealed class EndToEndTest(AdminClientOptions common, EndToEndPlan plan)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TimeProvider _time = TimeProvider.System;
    private readonly PerfCounter _received = new(TimeProvider.System);

    /// <param name="view">Shows how it goes on.</param>
    /// <param name="cancellation">Ends the measurement; what was measured until then is the result.</param>
    public async Task<PerfResult> RunAsync(PerfView view, CancellationToken cancellation)
    {
        await using Producer<None, ReadOnlyMemory<byte>> producer = new(ProducerOptions.Classic(common.BootstrapServers) with
        {
            RequestTimeout = common.RequestTimeout, Security = common.Security, Acks = plan.Acks,
        });
        await using Consumer<None, ReadOnlyMemory<byte>> consumer = new(new ConsumerOptions
        {
            BootstrapServers = common.BootstrapServers, RequestTimeout = common.RequestTimeout, Security = common.Security,
        });
        await TopicPartitions.RequireWritableAsync(common.BootstrapServers, common.Security, plan.Topic, partition: null, cancellation);
        TopicPartition partition = await MeetAsync(producer, consumer, cancellation);
        ReadOnlyMemory<byte> payload = RecordSource.Random(plan.RecordBytes).Value(0);
        for (long sent = 0; sent < plan.WarmUpRecords; sent++) await OneAsync(producer, consumer, partition, payload, cancellation);
        _received.Restart();
        long started = _time.GetTimestamp();
        await using (PerfProgress progress = new(view, _time, _received.TakeWindow))
        {
            try
            {
                while (_received.Records < plan.Records)
                {
                    _received.AddTime(await OneAsync(producer, consumer, partition, payload, cancellation));
                    _received.Add(1, plan.RecordBytes);
                }
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested && _received.Records > 0)
            {
                // What is measured until now is what was asked for so far.
            }
        }

        return Result(_time.GetElapsedTime(started));
    }

    /// <summary>Sends a first record, and has the consumer wait behind it.</summary>
    private async Task<TopicPartition> MeetAsync(
        Producer<None, ReadOnlyMemory<byte>> producer, Consumer<None, ReadOnlyMemory<byte>> consumer, CancellationToken cancellation)
    {
        byte[] first = new byte[plan.RecordBytes];
        if (plan.Acks != Acks.None)
        {
            RecordMetadata sent = await producer.SendAsync(plan.Topic, default, first, cancellation);
            TopicPartition behind = new(sent.Topic, sent.Partition);
            consumer.Assign(behind);
            consumer.Seek(behind, sent.Offset + 1);
            return behind;
        }

        // Nobody tells where a record without acknowledgement came to stand, so that the end must be known before the first.
        TopicPartition partition = new(plan.Topic, 0);
        consumer.Assign(partition);
        IReadOnlyDictionary<TopicPartition, Offset> ends = await consumer.EndOffsetsAsync([partition], cancellation);
        consumer.Seek(partition, ends[partition]);
        await OneAsync(producer, consumer, partition, first, cancellation);
        return partition;
    }

    private async Task<TimeSpan> OneAsync(
        Producer<None, ReadOnlyMemory<byte>> producer,
        Consumer<None, ReadOnlyMemory<byte>> consumer,
        TopicPartition partition,
        ReadOnlyMemory<byte> payload,
        CancellationToken cancellation)
    {
        long started = _time.GetTimestamp();
        await producer.Send(
            new ProducerRecord<None, ReadOnlyMemory<byte>>(plan.Topic, default, payload) { Partition = partition.Partition },
            cancellation: cancellation);
        using ConsumedBatch<None, ReadOnlyMemory<byte>> batch = await consumer.PollAsync(Patience, cancellation);
        TimeSpan elapsed = _time.GetElapsedTime(started);
        if (batch.Count != 1)
            throw new CommandException($"{batch.Count} records came where one was sent; does somebody else write to {plan.Topic}?");
        return elapsed;
    }

    private PerfResult Result(TimeSpan elapsed)
    {
        LatencySummary latency = _received.Latency;
        return new PerfResult
        {
            Test = "e2e",
            Topic = plan.Topic,
            Records = _received.Records,
            Bytes = _received.Bytes,
            Elapsed = elapsed,
            LatencyOf = "Send to receipt",
            Latency = latency,
            KafkaLines =
            [
                string.Create(CultureInfo.InvariantCulture, $"Avg latency: {latency.MeanMs:F4} ms"),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Percentiles: 50th = {Whole(latency.P50Ms)}, 99th = {Whole(latency.P99Ms)}, 99.9th = {Whole(latency.P999Ms)}"),
            ],
        };
    }

    // Kafka's tool has whole milliseconds, cut off; the table below its lines has the rest.
    private static string Whole(double milliseconds) => ((long)milliseconds).ToString(CultureInfo.InvariantCulture);
}
