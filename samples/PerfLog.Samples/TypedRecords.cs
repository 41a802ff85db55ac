using PerfLog.Client.Consuming;
using PerfLog.Client.Producing;
using PerfLog.Records;

namespace PerfLog.Samples;

/// <summary>What a sensor measured. Its serde and its view are written by the compiler; the sensor's name is its key.</summary>
[LogRecord]
public partial record Measurement([PartitionKey] string Sensor, DateTimeOffset At, double Celsius, string? Remark);

/// <summary>Sends a typed record and reads it back, once as an object and once in place.</summary>
internal static class TypedRecords
{
    public static async Task RunAsync(string servers)
    {
        await using Producer<string, Measurement> producer = new(ProducerOptions.Safe(servers));
        RecordMetadata sent = await producer.SendAsync("measurements", new Measurement("roof", TimeProvider.System.GetUtcNow(), 21.5, null));

        await using Consumer<string, Measurement> consumer = new(new ConsumerOptions { BootstrapServers = servers });
        consumer.Assign(new TopicPartition(sent.Topic, sent.Partition));
        consumer.Seek(new TopicPartition(sent.Topic, sent.Partition), sent.Offset);
        using ConsumedBatch<string, Measurement> batch = await consumer.PollAsync(TimeSpan.FromSeconds(10));
        foreach (ConsumedRecord<string, Measurement> record in batch)
        {
            Measurement.View inPlace = record.ValueView<Measurement.View>();
            Console.WriteLine($"{record.Value.Sensor} at {record.Value.At:u}: {inPlace.Celsius} degrees");
        }
    }
}
