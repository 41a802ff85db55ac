using PerfLog.Client.Consuming;
using PerfLog.Client.Producing;
using PerfLog.Records;
using PerfLog.Server.Demo;

namespace PerfLog.Server.Clients;

/// <summary>Writes numbered records to all partitions of a topic, reads back what came behind its ends, and compares.</summary>
/// <param name="options">How the producer works; the consumer takes address and security from it.</param>
/// <param name="output">Where the result goes.</param>
/// <param name="progress">Shows how far it is.</param>
internal sealed class NumberCheck(ProducerOptions options, string topic, int records, TextWriter output, ProgressDisplay progress)
{
    private static readonly TimeSpan IdleMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);

    /// <param name="cancellation">Ends the writing; what was written until then is read back and compared.</param>
    /// <exception cref="CommandException">The topic does not hold what was acknowledged, in order, once.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await using Producer<None, long> producer = new(options);
        TopicPartition[] partitions = await TopicPartitions.FindAsync(options.BootstrapServers, options.Security, topic, cancellation);
        NumberTally tally = new(records, partitions.Length);
        await using Consumer<None, ReadOnlyMemory<byte>> consumer = new(new ConsumerOptions
        {
            BootstrapServers = options.BootstrapServers, Security = options.Security, MaxPollRecords = 10_000, AllowAutoCreateTopics = false,
        });
        consumer.Assign(partitions);
        foreach ((TopicPartition partition, Offset end) in await consumer.EndOffsetsAsync(partitions, cancellation)) consumer.Seek(partition, end);
        long written = await progress.ShowAsync("Writing", records, done => WriteAsync(producer, tally, partitions.Length, done, cancellation));
        tally.Written = written;
        // What was written until Ctrl-C is still compared; a second one ends the program.
        CancellationToken reading = cancellation.IsCancellationRequested ? CancellationToken.None : cancellation;
        await progress.ShowAsync("Reading", written, done => ReadAsync(consumer, tally, partitions, done, reading));
        output.WriteLine(tally);
        if (!tally.IsGood) throw new CommandException($"Topic {topic} does not hold what was written to it.");
        cancellation.ThrowIfCancellationRequested();
    }

    /// <returns>How many were given to the producer: fewer than were asked for after Ctrl-C, which leaves the rest out.</returns>
    private async Task<long> WriteAsync(Producer<None, long> producer, NumberTally tally, int partitions, Action<long> done, CancellationToken cancellation)
    {
        long number = 0;
        for (; number < records && !cancellation.IsCancellationRequested; number++)
        {
            long sent = number;
            await producer.Send(
                new ProducerRecord<None, long>(topic, default, number) { Partition = (int)(number % partitions) },
                report =>
                {
                    if (report.Failure is not null) tally.Refuse(sent);
                });
            const int Between = 4096;
            if (number % Between == 0) done(number);
        }

        await producer.FlushAsync();
        return number;
    }

    /// <summary>Reads each partition to the end that it has now: what is repeated may stand behind all the rest.</summary>
    private async Task<long> ReadAsync(
        Consumer<None, ReadOnlyMemory<byte>> consumer, NumberTally tally, TopicPartition[] partitions, Action<long> done, CancellationToken cancellation)
    {
        IReadOnlyDictionary<TopicPartition, Offset> ends = await consumer.EndOffsetsAsync(partitions, cancellation);
        long read = 0;
        long lastAt = options.Time.GetTimestamp();
        while (!await TopicEnd.IsReachedAsync(consumer, ends, cancellation) && options.Time.GetElapsedTime(lastAt) < IdleMax)
        {
            using ConsumedBatch<None, ReadOnlyMemory<byte>> batch = await consumer.PollAsync(PollTime, cancellation);
            foreach (ConsumedRecord<None, ReadOnlyMemory<byte>> record in batch) tally.Read(record.Partition, Number(record.ValueBytes.Span));
            read += batch.Count;
            done(Math.Min(read, tally.Written));
            if (batch.Count > 0) lastAt = options.Time.GetTimestamp();
        }

        return read;
    }

    /// <summary>What a value says; -1 when it is none of ours.</summary>
    private static long Number(ReadOnlySpan<byte> value) =>
        value.Length == sizeof(long) ? System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(value) : -1;
}
