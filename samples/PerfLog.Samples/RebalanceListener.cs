using PerfLog.Client.Consuming;

namespace PerfLog.Samples;

/// <summary>Commits what was read before partitions go to another member.</summary>
internal static class RebalanceListener
{
    public static async Task RunAsync(string servers)
    {
        await using Consumer<string, string> consumer = new(new ConsumerOptions
        {
            BootstrapServers = servers, GroupId = "samples", EnableAutoCommit = false, Assignors = [PartitionAssignors.CooperativeSticky],
        });
        consumer.Subscribe(["greetings"], new CommitsFirst(consumer));
        for (int polls = 0; polls < 20; polls++)
        {
            using ConsumedBatch<string, string> batch = await consumer.PollAsync(TimeSpan.FromMilliseconds(500));
            foreach (ConsumedRecord<string, string> record in batch) Console.WriteLine(record.Value);
        }
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
