using PerfLog.Client.Consuming;

namespace PerfLog.Samples;

/// <summary>Commits what was read before partitions go to another member.</summary>
internal static class RebalanceListener
{
    public static async Task RunAsync(string servers)
    {
        await using Consumer<string, string> consumer = new(new ConsumerOptions
        {
            BootstrapServers = servers,
            GroupId = "samples-listener",
            EnableAutoCommit = false,
            AutoOffsetReset = OffsetReset.Earliest,
            Assignors = [PartitionAssignors.CooperativeSticky],
        });
        consumer.Subscribe(["greetings"], new CommitsFirst(consumer));
        for (int read = 0; read < 10;)
        {
            using ConsumedBatch<string, string> batch = await consumer.PollAsync(TimeSpan.FromSeconds(1));
            foreach (ConsumedRecord<string, string> record in batch) Console.WriteLine(record.Value);
            read += batch.Count;
        }

        // Leaves the group, which gives up what the consumer has.
        await consumer.UnsubscribeAsync();
    }

    private sealed class CommitsFirst(Consumer<string, string> consumer) : IRebalanceListener
    {
        public async ValueTask OnRevokedAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken cancellation)
        {
            await consumer.CommitAsync(cancellation);
            Console.WriteLine($"gave up {string.Join(", ", partitions)}");
        }

        public ValueTask OnAssignedAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken cancellation)
        {
            Console.WriteLine($"got {string.Join(", ", partitions)}");
            return ValueTask.CompletedTask;
        }
    }
}
