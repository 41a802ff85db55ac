using PerfLog.Client.Consuming;

namespace PerfLog.Samples;

/// <summary>Reads chosen partitions without a group, each from its beginning to the end that it has now.</summary>
internal static class AssignedPartitions
{
    public static async Task RunAsync(string servers)
    {
        await using Consumer<string, string> consumer = new(new ConsumerOptions { BootstrapServers = servers });
        TopicPartition first = new("greetings", 0);
        consumer.Assign(first);
        consumer.SeekToBeginning(first);
        Offset end = (await consumer.EndOffsetsAsync([first]))[first];
        while (await consumer.PositionAsync(first) < end)
        {
            using ConsumedBatch<string, string> batch = await consumer.PollAsync(TimeSpan.FromSeconds(1));
            foreach (ConsumedRecord<string, string> record in batch) Console.WriteLine($"{record.Offset}: {record.Value}");
        }

        Console.WriteLine($"{first} is read to its end at {end}.");
    }
}
