using PerfLog.Client.Admin;
using PerfLog.Client.Consuming;
using PerfLog.Client.Producing;
using PerfLog.Records;

namespace PerfLog.Server.Clients;

/// <summary>
/// Writes numbered records to all partitions of a topic and reads them back. Each partition must have its numbers once, in
/// the order in which they were sent; numbers whose sending failed may be there or not.
/// </summary>
internal sealed class NumberCheck(ProducerOptions options, string topic, long records, TextWriter output)
{
    private static readonly TimeSpan IdleMax = TimeSpan.FromSeconds(10);

    private readonly HashSet<long> _failed = [];
    private long _lost;
    private long _repeated;
    private long _reordered;

    public async Task RunAsync(CancellationToken cancellation)
    {
        TopicPartition[] partitions = await PartitionsAsync(cancellation);
        await using Consumer<None, long> consumer = new(new ConsumerOptions
        {
            BootstrapServers = options.BootstrapServers, Security = options.Security, MaxPollRecords = 10_000, AllowAutoCreateTopics = false,
        });
        consumer.Assign(partitions);
        foreach (var (partition, end) in await consumer.EndOffsetsAsync(partitions, cancellation)) consumer.Seek(partition, end);
        await WriteAsync(partitions.Length, cancellation);
        await ReadAsync(consumer, partitions.Length, cancellation);
        output.WriteLine($"{records} records: {_failed.Count} refused, {_lost} lost, {_repeated} repeated, {_reordered} out of order.");
        if (_lost + _repeated + _reordered > 0) throw new CommandException($"Topic {topic} does not hold what was written to it.");
    }

    private async Task WriteAsync(int partitions, CancellationToken cancellation)
    {
        await using Producer<None, long> producer = new(options);
        for (long number = 0; number < records; number++)
        {
            long sent = number;
            await producer.Send(
                new ProducerRecord<None, long>(topic, default, number) { Partition = (int)(number % partitions) },
                report => Note(sent, report),
                cancellation);
        }

        await producer.FlushAsync(cancellation);
    }

    private void Note(long number, DeliveryReport report)
    {
        if (report.Failure is null) return;
        lock (_failed) _failed.Add(number);
    }

    private async Task ReadAsync(Consumer<None, long> consumer, int partitions, CancellationToken cancellation)
    {
        bool[] seen = new bool[records];
        long[] last = [.. Enumerable.Repeat(-1L, partitions)];
        long left = records - _failed.Count;
        long lastAt = options.Time.GetTimestamp();
        while (left > 0 && options.Time.GetElapsedTime(lastAt) < IdleMax)
        {
            using ConsumedBatch<None, long> batch = await consumer.PollAsync(TimeSpan.FromMilliseconds(100), cancellation);
            foreach (ConsumedRecord<None, long> record in batch)
            {
                long number = record.Value;
                if (number < 0 || number >= records) continue;
                if (seen[number]) _repeated++;
                else if (!_failed.Contains(number)) left--;
                if (number < last[record.Partition]) _reordered++;
                seen[number] = true;
                last[record.Partition] = number;
            }

            if (batch.Count > 0) lastAt = options.Time.GetTimestamp();
        }

        _lost = left;
    }

    private async Task<TopicPartition[]> PartitionsAsync(CancellationToken cancellation)
    {
        await using AdminClient admin = AdminClient.Create(
            new AdminClientOptions { BootstrapServers = options.BootstrapServers, Security = options.Security });
        try
        {
            TopicDescription described = await admin.DescribeTopicAsync(topic, cancellation);
            return [.. described.Partitions.Select(partition => new TopicPartition(topic, partition.Partition))];
        }
        catch (AdminException refused)
        {
            throw new CommandException(refused.Message, refused);
        }
    }
}
