using PerfLog.Broker;
using PerfLog.Client.Admin;
using PerfLog.Client.Consuming;
using PerfLog.Client.Producing;

namespace PerfLog.Client.Tests.Clients;

/// <summary>A whole broker in this process, and consumers in groups there: what the tests of both group protocols share.</summary>
/// <param name="patienceSeconds">How long a test waits for what has to come; only a test that fails takes so long.</param>
/// <param name="settings">Settings of the broker that the protocol needs.</param>
public abstract class ConsumerGroupTests(int patienceSeconds, params (string Key, string Value)[] settings) : IAsyncLifetime
{
    protected static readonly Comparer<TopicPartition> PartitionOrder =
        Comparer<TopicPartition>.Create(static (left, right) => left.Partition.CompareTo(right.Partition));

    private EmbeddedBroker _broker = null!;

    protected TimeSpan Patience { get; } = TimeSpan.FromSeconds(patienceSeconds);

    /// <summary>How members are, but for their group and what a test changes.</summary>
    protected virtual ConsumerOptions Options => new()
    {
        BootstrapServers = _broker.BootstrapServers,
        AutoOffsetReset = OffsetReset.Earliest,
        EnableAutoCommit = false,
        MaxPollRecords = 20,
    };

    public async Task InitializeAsync()
    {
        Dictionary<string, string> all = new()
        {
            ["group.initial.rebalance.delay.ms"] = "0", ["offsets.topic.num.partitions"] = "1",
        };
        foreach ((string key, string value) in settings) all.Add(key, value);
        _broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { Settings = all });
    }

    public async Task DisposeAsync() => await _broker.DisposeAsync();

    [Fact]
    public async Task What_one_member_committed_the_next_one_does_not_read_again()
    {
        await ProduceAsync("orders", partitions: 2, records: 100);
        HashSet<(int, long)> seen = [];
        await using (Consumer<int, int> first = Member("g"))
        {
            first.Subscribe(["orders"]);
            await ReadAsync(first, seen, count: 60);
            await first.CommitAsync();
        }

        await using Consumer<int, int> second = Member("g");
        second.Subscribe(["orders"]);
        await ReadAsync(second, seen, count: 100);

        Assert.Equal(100, seen.Count);
    }

    [Fact]
    public async Task Commits_that_nobody_waits_for_leave_the_consumer_free_to_poll()
    {
        await ProduceAsync("orders", partitions: 1, records: 100);
        await using Consumer<int, int> member = Member("g");
        member.Subscribe(["orders"]);
        List<Task> commits = [];
        int read = 0;
        while (read < 100)
        {
            using ConsumedBatch<int, int> batch = await member.PollAsync(Patience);
            read += batch.Count;
            if (batch.Count > 0) commits.Add(member.CommitAsync());
        }

        await Task.WhenAll(commits).WaitAsync(Patience);
        Assert.True(commits.Count >= 5);
        TopicPartition only = new("orders", 0);
        Assert.Equal(100, (await member.CommittedAsync([only]))[only].Offset.Value);
    }

    protected Task ReadAsync(Consumer<int, int> consumer, HashSet<(int, long)> seen, int count) =>
        ReadAsync([consumer], seen, () => seen.Count >= count);

    /// <summary>Polls the consumers in turn; no record may come twice.</summary>
    protected async Task ReadAsync(Consumer<int, int>[] consumers, HashSet<(int, long)> seen, Func<bool> isEnough)
    {
        using CancellationTokenSource deadline = new(Patience);
        for (int turn = 0; !isEnough(); turn++)
        {
            using ConsumedBatch<int, int> batch = await consumers[turn % consumers.Length].PollAsync(TimeSpan.FromMilliseconds(50), deadline.Token);
            foreach (ConsumedRecord<int, int> record in batch) Assert.True(seen.Add((record.Partition, record.Offset.Value)), "read twice");
        }
    }

    protected async Task PollUntilAsync(Func<bool> condition, params Consumer<int, int>[] consumers)
    {
        using CancellationTokenSource deadline = new(Patience);
        while (!condition())
        {
            foreach (Consumer<int, int> consumer in consumers)
                (await consumer.PollAsync(TimeSpan.FromMilliseconds(20), deadline.Token)).Dispose();
        }
    }

    protected Consumer<int, int> Member(string group, Func<ConsumerOptions, ConsumerOptions>? change = null)
    {
        ConsumerOptions options = Options with { GroupId = group };
        return new Consumer<int, int>(change is null ? options : change(options));
    }

    protected async Task ProduceAsync(string topic, int partitions, int records)
    {
        await using (AdminClient admin = AdminClient.Create(new AdminClientOptions { BootstrapServers = _broker.BootstrapServers }))
            await admin.CreateTopicAsync(new NewTopic(topic, partitions));
        await using Producer<int, int> producer = new(ProducerOptions.Classic(_broker.BootstrapServers));
        for (int index = 0; index < records; index++)
            await producer.Send(new ProducerRecord<int, int>(topic, index, index) { Partition = index % partitions });
        await producer.FlushAsync();
    }
}
