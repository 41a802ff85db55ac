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
    public const string Own = "own";

    /// <param name="args">The broker's address, the group, the topic, and "own" for a member of PerfLog's own client.</param>
    public static async Task<int> Main(string[] args)
    {
        if (args is [_, _, _, Own])
        {
            await using OwnMember own = new(args[0], args[1], args[2], static value => Console.WriteLine($"{Read} {value}"), Show);
            await own.Running;
            return 0;
        }

        if (args.Length != 3)
        {
            Console.Error.WriteLine($"usage: ADDRESS GROUP TOPIC [{Own}] (run the tests themselves with 'dotnet test')");
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
        Show(partitions);
    }

    private static void Show(IReadOnlySet<int> partitions) => Console.WriteLine($"{Has} {string.Join(',', partitions)}");
}
