using PerfLog.Client.Producing;

namespace PerfLog.Samples;

/// <summary>Urgent records have the first partition for themselves.</summary>
internal static class CustomPartitioner
{
    public static async Task RunAsync(string servers)
    {
        ProducerOptions options = ProducerOptions.Safe(servers) with { Partitioner = static (_, _, _) => new UrgentFirst() };
        await using Producer<string, string> producer = new(options);
        await producer.SendAsync("alarms", "urgent", "fire");
        await producer.SendAsync("alarms", "kitchen", "the coffee is ready");
    }

    private sealed class UrgentFirst : IPartitioner
    {
        public int Choose(in PartitionChoice choice)
        {
            if (choice.Partitions == 1 || choice.Key.Span.SequenceEqual("urgent"u8)) return 0;
            return 1 + (choice.Key.Span.Length % (choice.Partitions - 1));
        }
    }
}
