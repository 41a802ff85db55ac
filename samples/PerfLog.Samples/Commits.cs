using PerfLog.Client.Consuming;

namespace PerfLog.Samples;

/// <summary>Commits by hand: for a single record, after each poll without waiting for it, and at last for certain.</summary>
internal static class Commits
{
    public static async Task RunAsync(string servers)
    {
        await using Consumer<string, string> consumer = new(new ConsumerOptions
        {
            BootstrapServers = servers, GroupId = "samples-commits", EnableAutoCommit = false, AutoOffsetReset = OffsetReset.Earliest,
        });
        consumer.Subscribe(["greetings"]);
        for (int read = 0; read < 10;)
        {
            using ConsumedBatch<string, string> batch = await consumer.PollAsync(TimeSpan.FromSeconds(1));
            foreach (ConsumedRecord<string, string> record in batch)
            {
                Console.WriteLine(record.Value);
                if (record.Key == "important") await consumer.CommitAsync(record);
            }

            // The next poll does not wait for it.
            _ = TellAsync(consumer.CommitAsync());
            read += batch.Count;
        }

        await consumer.CommitAsync();
        Console.WriteLine("All that was read is committed.");
    }

    private static async Task TellAsync(Task commit)
    {
        try
        {
            await commit;
        }
        catch (ConsumeException refused)
        {
            Console.Error.WriteLine($"Not committed, a later commit will do: {refused.Message}");
        }
    }
}
