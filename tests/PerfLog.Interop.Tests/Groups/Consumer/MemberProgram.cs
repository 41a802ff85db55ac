using Confluent.Kafka;

namespace PerfLog.Interop.Groups;

/// <summary>
/// The test assembly run by itself: one member of a consumer group in a process of its own, that a test can kill or stop. It
/// prints what it reads and which partitions it has.
/// </summary>
internal static class MemberProgram
{
    public const string Read = "read";
    public const string Has = "has";

    /// <param name="args">The broker's address, the group, the topic.</param>
    public static int Main(string[] args)
    {
        if (args.Length != 3)
        {
            Console.Error.WriteLine("usage: ADDRESS GROUP TOPIC (run the tests themselves with 'dotnet test')");
            return 2;
        }

        var config = new ConsumerConfig
        {
            BootstrapServers = args[0],
            GroupId = args[1],
            GroupProtocol = GroupProtocol.Consumer,
            EnableAutoCommit = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
        };
        var partitions = new SortedSet<int>();
        using IConsumer<string?, string> consumer = new ConsumerBuilder<string?, string>(config)
            .SetPartitionsAssignedHandler((_, assigned) => Show(partitions, set => set.UnionWith(assigned.Select(static place => place.Partition.Value))))
            .SetPartitionsRevokedHandler((_, revoked) => Show(partitions, set => set.ExceptWith(revoked.Select(static place => place.Partition.Value))))
            .SetPartitionsLostHandler((_, lost) => Show(partitions, set => set.ExceptWith(lost.Select(static place => place.Partition.Value))))
            .Build();
        consumer.Subscribe(args[2]);
        while (true) Poll(consumer);
    }

    private static void Poll(IConsumer<string?, string> consumer)
    {
        try
        {
            ConsumeResult<string?, string> record = consumer.Consume();
            Console.WriteLine($"{Read} {record.Message.Value}");
            consumer.Commit(record);
        }
        catch (KafkaException error) when (!error.Error.IsFatal)
        {
            // A commit of a member that was given up meanwhile: the record comes again, to whoever is next.
        }
    }

    private static void Show(SortedSet<int> partitions, Action<SortedSet<int>> change)
    {
        change(partitions);
        Console.WriteLine($"{Has} {string.Join(',', partitions)}");
    }
}
