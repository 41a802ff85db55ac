using PerfLog.Client.Producing;

namespace PerfLog.Samples;

/// <summary>Sends ten records without keys and does not ask what became of each: disposal sends what is left.</summary>
internal static class SimpleProducer
{
    public static async Task RunAsync(string servers)
    {
        await using (Producer<string?, string> producer = new(new ProducerOptions { BootstrapServers = servers }))
        {
            for (int number = 0; number < 10; number++)
                await producer.Send(new ProducerRecord<string?, string>("greetings", null, $"hello {number}"));
        }

        Console.WriteLine("Ten records are sent.");
    }
}
