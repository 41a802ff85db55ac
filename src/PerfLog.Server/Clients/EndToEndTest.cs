using System.Globalization;
using HdrHistogram;
using PerfLog.Client.Admin;
using PerfLog.Client.Consuming;
using PerfLog.Client.Producing;
using PerfLog.Records;

namespace PerfLog.Server.Clients;

/// <summary>Sends one record at a time and measures how long it takes until a consumer has it.</summary>
internal sealed class EndToEndTest(AdminClientOptions common, string topic, long records, int recordBytes, TextWriter output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public async Task RunAsync(CancellationToken cancellation)
    {
        TimeProvider time = TimeProvider.System;
        LongHistogram latencies = new((long)Patience.TotalMicroseconds, numberOfSignificantValueDigits: 3);
        await using Producer<None, ReadOnlyMemory<byte>> producer = new(
            ProducerOptions.Classic(common.BootstrapServers) with { RequestTimeout = common.RequestTimeout, Security = common.Security });
        await using Consumer<None, ReadOnlyMemory<byte>> consumer = new(new ConsumerOptions
        {
            BootstrapServers = common.BootstrapServers, RequestTimeout = common.RequestTimeout, Security = common.Security,
        });
        byte[] payload = new byte[recordBytes];
        RecordMetadata first = await producer.SendAsync(topic, default, payload, cancellation);
        TopicPartition partition = new(topic, first.Partition);
        consumer.Assign(partition);
        consumer.Seek(partition, first.Offset + 1);
        for (long sent = 0; sent < records; sent++)
        {
            long started = time.GetTimestamp();
            await producer.Send(
                new ProducerRecord<None, ReadOnlyMemory<byte>>(topic, default, payload) { Partition = partition.Partition }, cancellation: cancellation);
            using ConsumedBatch<None, ReadOnlyMemory<byte>> batch = await consumer.PollAsync(Patience, cancellation);
            if (batch.Count != 1) throw new CommandException($"{batch.Count} records came where one was sent; does somebody else write to {topic}?");
            latencies.RecordValue((long)time.GetElapsedTime(started).TotalMicroseconds);
        }

        Print(latencies);
    }

    private void Print(LongHistogram latencies)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Avg latency: {latencies.GetMean() / 1000:F4} ms"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Percentiles (ms): 50th = {At(latencies, 50):F3}, 99th = {At(latencies, 99):F3}, 99.9th = {At(latencies, 99.9):F3}, max = {latencies.GetMaxValue() / 1000.0:F3}"));
    }

    private static double At(LongHistogram latencies, double percentile) => latencies.GetValueAtPercentile(percentile) / 1000.0;
}
