using PerfLog.Broker;
using PerfLog.Client.Admin;
using PerfLog.Client.Consuming;
using PerfLog.Client.Producing;
using PerfLog.Records;

namespace PerfLog.Client.Tests.Clients;

/// <summary>
/// Goal: a partition with nothing new does not hold up the others of its broker. A broker holds back an answer about nothing for
/// as long as it is allowed to, which here is longer than the test may take.
/// </summary>
public sealed class IdlePartitionTests
{
    private const int Records = 2000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_busy_partition_is_read_to_its_end_beside_an_idle_one()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        await FillAsync(broker.BootstrapServers);
        await using Consumer<None, byte[]> consumer = new(new ConsumerOptions
        {
            BootstrapServers = broker.BootstrapServers,
            FetchMaxWait = TimeSpan.FromMinutes(10),
            RequestTimeout = TimeSpan.FromMinutes(20),
            // Each fetch brings a batch of some ten records, so that enough is there of the busy one again and again.
            MaxPartitionFetchBytes = 1,
            MaxPollRecords = 3,
        });
        TopicPartition[] both = [new("t", 0), new("t", 1)];
        consumer.Assign(both);
        foreach (TopicPartition partition in both) consumer.SeekToBeginning(partition);

        Assert.Equal(Records + 1, await ReadAsync(consumer).WaitAsync(Patience));
    }

    [Fact]
    public async Task An_idle_partition_is_still_looked_after_while_the_busy_one_waits_to_be_polled()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        await FillAsync(broker.BootstrapServers);
        await using Consumer<None, byte[]> consumer = new(new ConsumerOptions
        {
            BootstrapServers = broker.BootstrapServers, MaxPartitionFetchBytes = 1, MaxPollRecords = 1, FetchMaxWait = TimeSpan.FromMinutes(10), RequestTimeout = TimeSpan.FromMinutes(20),
        });
        TopicPartition idle = new("t", 1);
        consumer.Assign(new TopicPartition("t", 0), idle);
        consumer.SeekToBeginning(new TopicPartition("t", 0));
        consumer.Seek(idle, new Offset(1));
        using (await consumer.PollAsync(Patience))
        {
            // The busy one has enough from here on.
        }

        await SendAsync(broker.BootstrapServers, partition: 1, records: 1);
        await UntilAsync(() => consumer.Lag(idle) == 1);
    }

    private static async Task<int> ReadAsync(Consumer<None, byte[]> consumer)
    {
        int count = 0;
        while (count <= Records)
        {
            using ConsumedBatch<None, byte[]> batch = await consumer.PollAsync(Patience);
            count += batch.Count;
        }

        return count;
    }

    private static async Task FillAsync(string servers)
    {
        await using (AdminClient admin = AdminClient.Create(new AdminClientOptions { BootstrapServers = servers }))
            await admin.CreateTopicAsync(new NewTopic("t", Partitions: 2, ReplicationFactor: 1));
        await SendAsync(servers, partition: 0, Records);
        await SendAsync(servers, partition: 1, records: 1);
    }

    private static async Task SendAsync(string servers, int partition, int records)
    {
        await using Producer<None, byte[]> producer = new(new ProducerOptions { BootstrapServers = servers, BatchSize = 1024 });
        for (int number = 0; number < records; number++)
            await producer.Send(new ProducerRecord<None, byte[]>("t", default, new byte[100]) { Partition = partition });
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using CancellationTokenSource patience = new(Patience);
        while (!condition())
        {
            Assert.False(patience.IsCancellationRequested, "The idle partition was not looked after.");
            await Task.Yield();
        }
    }
}
