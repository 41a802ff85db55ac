using PerfLog.Broker;
using PerfLog.Client.Admin;
using PerfLog.Client.Consuming;
using PerfLog.Client.Producing;
using PerfLog.Records;

namespace PerfLog.Client.Tests.Clients;

public sealed class CutConnectionTests
{
    [Theory]
    [InlineData(true, 260)]
    [InlineData(false, 700)]
    public async Task A_connection_cut_at_any_byte_loses_and_repeats_nothing_with_idempotence(bool upwards, int bytesMax)
    {
        int cuts = 0;
        // Every other connection is left alone, so that metadata and the producer's id get through.
        int connections = 0;
        EmbeddedBroker? broker = null;
        await using ByteCuttingProxy proxy = new(
            await StartAsync(started => broker = started),
            () => Interlocked.Increment(ref connections) % 2 == 0 && Volatile.Read(ref cuts) < bytesMax
                ? (upwards, Interlocked.Increment(ref cuts))
                : null);
        await using EmbeddedBroker owned = broker!;
        ProducerOptions options = ProducerOptions.Safe(owned.BootstrapServers) with { RetryBackoff = TimeSpan.FromMilliseconds(1) };
        ProxyOpener opener = new(proxy.Port);
        await using Producer<None, int> producer = new(options, null, null, opener);

        int sent = 0;
        using CancellationTokenSource deadline = new(TimeSpan.FromSeconds(60));
        while (Volatile.Read(ref cuts) < bytesMax)
        {
            RecordMetadata[] told = await Task.WhenAll(Enumerable.Range(sent, 3).Select(number => producer.SendAsync("t", default, number, deadline.Token).AsTask()));
            Assert.Equal(Enumerable.Range(sent, 3).Select(static number => (long)number), told.Select(static record => record.Offset.Value));
            sent += told.Length;
            await opener.CloseAllAsync();
        }

        await AssertHoldsAsync(owned, sent);
    }

    private static async Task AssertHoldsAsync(EmbeddedBroker broker, int count)
    {
        await using Consumer<None, int> consumer = new(new ConsumerOptions { BootstrapServers = broker.BootstrapServers, AutoOffsetReset = OffsetReset.Earliest });
        consumer.Assign(new TopicPartition("t", 0));
        List<int> read = [];
        while (read.Count < count)
        {
            using ConsumedBatch<None, int> batch = await consumer.PollAsync(TimeSpan.FromSeconds(20));
            Assert.NotEqual(0, batch.Count);
            foreach (ConsumedRecord<None, int> record in batch) read.Add(record.Value);
        }

        Assert.Equal(Enumerable.Range(0, count), read);
    }

    private static async Task<System.Net.IPEndPoint> StartAsync(Action<EmbeddedBroker> started)
    {
        EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        started(broker);
        await using AdminClient admin = AdminClient.Create(new AdminClientOptions { BootstrapServers = broker.BootstrapServers });
        await admin.CreateTopicAsync(new NewTopic("t", Partitions: 1));
        return broker.EndPoint;
    }
}
