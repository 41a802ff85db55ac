using System.Globalization;
using PerfLog.Client.Admin;
using PerfLog.Client.Consuming;

namespace PerfLog.Server.Clients;

/// <summary>Reads a topic from its beginning as fast as it goes, and prints what Kafka's own tool prints.</summary>
internal sealed class ConsumeTest(ConsumerOptions options, string topic, long records, TimeSpan idleMax, TextWriter output)
{
    public async Task RunAsync(CancellationToken cancellation)
    {
        await using Consumer<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> consumer = new(options);
        foreach (TopicPartition partition in await AssignAsync(consumer, cancellation)) consumer.SeekToBeginning(partition);
        DateTimeOffset startTime = options.Time.GetUtcNow();
        long started = options.Time.GetTimestamp();
        long lastAt = started;
        long count = 0;
        long bytes = 0;
        while (count < records && options.Time.GetElapsedTime(lastAt) < idleMax)
        {
            using ConsumedBatch<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> batch = await consumer.PollAsync(TimeSpan.FromMilliseconds(100), cancellation);
            foreach (ConsumedRecord<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> record in batch) bytes += record.KeyBytes.Length + record.ValueBytes.Length;
            count += batch.Count;
            if (batch.Count > 0) lastAt = options.Time.GetTimestamp();
        }

        // What was waited for in vain at the end is no part of the reading.
        double seconds = Math.Max(options.Time.GetElapsedTime(started, lastAt).TotalSeconds, 1e-6);
        Print(startTime, startTime.AddSeconds(seconds), count, bytes / (1024.0 * 1024.0), seconds);
    }

    private async Task<TopicPartition[]> AssignAsync(
        Consumer<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> consumer, CancellationToken cancellation)
    {
        await using AdminClient admin = AdminClient.Create(
            new AdminClientOptions { BootstrapServers = options.BootstrapServers, Security = options.Security });
        try
        {
            TopicDescription described = await admin.DescribeTopicAsync(topic, cancellation);
            TopicPartition[] partitions = [.. described.Partitions.Select(partition => new TopicPartition(topic, partition.Partition))];
            consumer.Assign(partitions);
            return partitions;
        }
        catch (AdminException refused)
        {
            throw new CommandException(refused.Message, refused);
        }
    }

    private void Print(DateTimeOffset from, DateTimeOffset to, long count, double megabytes, double seconds)
    {
        const string Time = "yyyy-MM-dd HH:mm:ss:fff";
        output.WriteLine(
            "start.time, end.time, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{from.ToString(Time, CultureInfo.InvariantCulture)}, {to.ToString(Time, CultureInfo.InvariantCulture)}, {megabytes:F4}, {megabytes / seconds:F4}, {count}, {count / seconds:F4}, 0, {seconds * 1000:F0}, {megabytes / seconds:F4}, {count / seconds:F4}"));
    }
}
