using PerfLog.Client.Consuming;

namespace PerfLog.Samples;

/// <summary>Commits by hand: after each poll without waiting, for a single record, and at last for certain.</summary>
internal static class Commits
{
    public static async Task RunAsync(string servers)
    {
        await using Consumer<string, string> consumer = new(new ConsumerOptions
        {
            BootstrapServers = servers, GroupId = "samples", EnableAutoCommit = false, AutoOffsetReset = OffsetReset.Earliest,
        });
        consumer.Subscribe(["greetings"]);
        for (int polls = 0; polls < 20; polls++)
        {
            using ConsumedBatch<string, string> batch = await consumer.PollAsync(TimeSpan.FromMilliseconds(500));
            foreach (ConsumedRecord<string, string> record in batch)
            {
                Console.WriteLine(record.Value);
                if (record.Key == "important") await consumer.CommitAsync(record);
            }
        }

        await consumer.CommitAsync();
    }
}
