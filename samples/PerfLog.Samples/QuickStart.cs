using PerfLog.Client.Consuming;
using PerfLog.Client.Producing;

namespace PerfLog.Samples;

/// <summary>Sends one keyed record and reads the partition that it went to.</summary>
internal static class QuickStart
{
    public static async Task RunAsync(string servers)
    {
        await using Producer<string, string> producer = new(ProducerOptions.Safe(servers));
        RecordMetadata sent = await producer.SendAsync("greetings", "world", "hello");

        await using Consumer<string, string> consumer = new(new ConsumerOptions { BootstrapServers = servers });
        consumer.Assign(new TopicPartition(sent.Topic, sent.Partition));
        consumer.Seek(new TopicPartition(sent.Topic, sent.Partition), sent.Offset);
        await foreach (ConsumedRecord<string, string> record in consumer.ReadAsync())
        {
            Console.WriteLine($"{record.TopicPartition} {record.Offset}: {record.Key} = {record.Value}");
            break;
        }
    }
}
