using PerfLog.Client.Consuming;

namespace PerfLog.Samples;

/// <summary>Ctrl-C ends the poll under way; disposal commits and leaves the group.</summary>
internal static class WakeupOnShutdown
{
    public static async Task RunAsync(string servers)
    {
        await using Consumer<string, string> consumer = new(new ConsumerOptions
        {
            BootstrapServers = servers, GroupId = "samples-shutdown", AutoOffsetReset = OffsetReset.Earliest,
        });
        consumer.Subscribe(["greetings"]);
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            consumer.Wakeup();
        };
        try
        {
            while (true)
            {
                using ConsumedBatch<string, string> batch = await consumer.PollAsync(TimeSpan.FromMinutes(1));
                foreach (ConsumedRecord<string, string> record in batch) Console.WriteLine(record.Value);
            }
        }
        catch (WakeupException)
        {
            Console.WriteLine("Stopping.");
        }
    }
}
