using System.Collections.Concurrent;
using Confluent.Kafka;

namespace PerfLog.Interop;

public sealed class IdempotentProducerTests
{
    private const string Topic = "exactly-once";

    /// <summary>
    /// Each cut loses answers of batches that were written; the client sends those again, and the broker must know them.
    /// </summary>
    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Lz4)]
    public async Task Each_record_is_written_once_and_in_order_though_connections_are_cut(CompressionType codec)
    {
        const int Records = 20_000;
        using var folder = new TemporaryFolder();
        await using var proxy = new CuttingProxy();
        await using BrokerProcess broker = await BrokerProcess.StartAsync(
            folder.Path, 0, $"advertised.listeners=PLAINTEXT://127.0.0.1:{proxy.Port}");
        proxy.ForwardTo(broker.Port);
        string address = $"127.0.0.1:{proxy.Port}";
        await Clients.CreateTopicAsync(address, Topic);

        await ProduceAsync(address, Records, codec, cutEach: 2000, proxy.Cut);

        Assert.InRange(proxy.Cuts, 10, int.MaxValue);
        Assert.Equal(
            Enumerable.Range(0, Records).Select(static number => $"{number}"),
            Clients.ReadToEnd(address, Topic).Select(static record => record.Message.Value));
    }

    [Fact]
    public async Task A_producer_that_outlives_a_killed_broker_still_writes_each_record_once()
    {
        const int Records = 6000;
        using var folder = new TemporaryFolder();
        await using BrokerProcess first = await BrokerProcess.StartAsync(folder.Path);
        await Clients.CreateTopicAsync(first.Address, Topic);
        using IProducer<string?, string> producer = Producer(first.Address, CompressionType.None);
        int delivered = 0;
        Action<DeliveryReport<string?, string>> onReport = report =>
        {
            if (!report.Error.IsError) Interlocked.Increment(ref delivered);
        };

        Send(producer, 0, Records / 2, onReport);
        await Limits.UntilAsync("a thousand records delivered", () => Volatile.Read(ref delivered) >= 1000);
        await first.KillAsync();
        Send(producer, Records / 2, Records / 2, onReport);
        await using BrokerProcess second = await BrokerProcess.StartAsync(folder.Path, first.Port);
        await Limits.UntilAsync("all records delivered", () => Volatile.Read(ref delivered) == Records);

        Assert.Equal(
            Enumerable.Range(0, Records).Select(static number => $"{number}"),
            Clients.ReadToEnd(second.Address, Topic).Select(static record => record.Message.Value));
    }

    // The cut comes with the report of the middle record of each stretch, over a connection that is open then, and while the
    // rest of the stretch is under way.
    private static async Task ProduceAsync(string address, int records, CompressionType codec, int cutEach, Action cut)
    {
        using IProducer<string?, string> producer = Producer(address, codec);
        int delivered = 0;
        ConcurrentQueue<string> failures = [];
        for (int first = 0; first < records; first += cutEach)
        {
            int middle = first + cutEach / 2, end = first + cutEach;
            Send(producer, first, cutEach, report =>
            {
                if (report.Error.IsError) failures.Enqueue(report.Error.ToString());
                else if (Interlocked.Increment(ref delivered) == middle) cut();
            });
            await Limits.UntilAsync($"{end} records delivered", () => Volatile.Read(ref delivered) >= end || !failures.IsEmpty);
        }

        Assert.Empty(failures);
    }

    private static void Send(
        IProducer<string?, string> producer, int first, int count, Action<DeliveryReport<string?, string>> onReport)
    {
        var partition = new Confluent.Kafka.TopicPartition(Topic, 0);
        for (int number = first; number < first + count; number++)
            producer.Produce(partition, new() { Value = $"{number}" }, onReport);
    }

    // Small batches and quick reconnects: many requests are under way at each cut, and no time passes between them.
    private static IProducer<string?, string> Producer(string address, CompressionType codec) =>
        Clients.Producer(address, config =>
        {
            config.EnableIdempotence = true;
            config.CompressionType = codec;
            config.BatchNumMessages = 50;
            config.LingerMs = 1;
            config.ReconnectBackoffMs = 10;
            config.ReconnectBackoffMaxMs = 100;
            config.RetryBackoffMs = 10;
            config.QueueBufferingMaxMessages = 100_000;
        });
}
