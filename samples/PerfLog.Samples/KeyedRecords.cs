using PerfLog.Client.Producing;

namespace PerfLog.Samples;

/// <summary>Records with one key go to one partition, in order.</summary>
internal static class KeyedRecords
{
    public static async Task RunAsync(string servers)
    {
        await using Producer<string, int> producer = new(ProducerOptions.Safe(servers));
        foreach (string account in (string[])["alice", "bob", "alice"])
        {
            RecordMetadata written = await producer.SendAsync("payments", account, 100);
            Console.WriteLine($"{account}: partition {written.Partition}, offset {written.Offset}");
        }
    }
}
