using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;
using PerfLog.Client;
using PerfLog.Client.Consuming;
using PerfLog.Server.Output;

namespace PerfLog.Server.Clients;

/// <summary>What to read, and when to stop.</summary>
internal sealed record ConsumePlan
{
    /// <summary>The one topic to read; null with <see cref="Include"/>.</summary>
    public string? Topic { get; init; }

    /// <summary>Which topics to read, by their whole names.</summary>
    public Regex? Include { get; init; }

    public int? Partition { get; init; }

    /// <summary>"beginning", "end", an offset, -N for the last N, or s@ and a time; null for the end, or what the group committed.</summary>
    public string? Start { get; init; }

    public long RecordsMax { get; init; } = long.MaxValue;

    public bool StopsAtEnd { get; init; }

    public TimeSpan? IdleMax { get; init; }
}

/// <summary>Reads topics and writes its records to standard output, byte for byte.</summary>
internal sealed class RecordPrinter(ConsumerOptions options, RecordFormat format)
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);

    private readonly ArrayBufferWriter<byte> _text = new();

    /// <summary>Checks where to start before a broker is asked anything.</summary>
    /// <exception cref="UsageException">It is no such place.</exception>
    public static void RequireStart(string start)
    {
        bool isKnown = start is "end" or "beginning" or "earliest" || TimeOf(start) is not null || NumberOf(start) is not null;
        if (!isKnown) throw NoStart(start);
    }

    public async Task RunAsync(ConsumePlan plan, CancellationToken cancellation)
    {
        await using Consumer<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> consumer = new(options);
        await using Stream output = StandardOutput.Open();
        IReadOnlyDictionary<TopicPartition, Offset> ends = await StartAsync(consumer, plan, cancellation);
        long started = options.Time.GetTimestamp();
        for (long left = plan.RecordsMax; left > 0;)
        {
            using ConsumedBatch<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> batch = await consumer.PollAsync(PollTime, cancellation);
            int count = (int)Math.Min(batch.Count, left);
            await PrintAsync(consumer, batch, count, output, cancellation);
            left -= count;
            if (count > 0) started = options.Time.GetTimestamp();
            if (plan.IdleMax is { } idle && options.Time.GetElapsedTime(started) >= idle) return;
            if (plan.StopsAtEnd && await TopicEnd.IsReachedAsync(consumer, ends, cancellation)) return;
        }
    }

    /// <summary>Writes the first records of a batch; a group is not to count those that were not written as read.</summary>
    private async Task PrintAsync(
        Consumer<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> consumer,
        ConsumedBatch<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> batch,
        int count,
        Stream output,
        CancellationToken cancellation)
    {
        int written = 0;
        try
        {
            for (int index = 0; index < count; index++) format.Write(_text, batch[index]);
            await output.WriteAsync(_text.WrittenMemory, cancellation);
            _text.ResetWrittenCount();
            written = count;
        }
        finally
        {
            consumer.Return(batch, written);
        }
    }

    private async Task<IReadOnlyDictionary<TopicPartition, Offset>> StartAsync(
        Consumer<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> consumer, ConsumePlan plan, CancellationToken cancellation)
    {
        TopicPartition[] partitions = await PartitionsAsync(plan, cancellation);
        IReadOnlyDictionary<TopicPartition, Offset> ends = await consumer.EndOffsetsAsync(partitions, cancellation);
        if (options.GroupId is not null && plan.Partition is null)
        {
            if (plan.Include is { } pattern) consumer.Subscribe(pattern);
            else consumer.Subscribe([plan.Topic!]);
            return ends;
        }

        consumer.Assign(partitions);
        if (TimeOf(plan.Start) is { } time) await SeekToTimeAsync(consumer, partitions, time, ends, cancellation);
        else foreach (TopicPartition partition in partitions) Seek(consumer, partition, plan.Start, ends[partition]);
        return ends;
    }

    /// <summary>The time in <c>s@MILLISECONDS</c>; null when the start is none.</summary>
    private static TimestampMs? TimeOf(string? start)
    {
        if (start?.StartsWith("s@", StringComparison.Ordinal) != true) return null;
        return long.TryParse(start.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out long time)
            ? new TimestampMs(time)
            : throw new UsageException($"--offset: '{start}': behind s@ stand milliseconds since 1970.");
    }

    private static long? NumberOf(string start) =>
        long.TryParse(start, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;

    /// <summary>Goes to the first record of that time or later; to the end where there is none.</summary>
    private static async Task SeekToTimeAsync(
        Consumer<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> consumer,
        TopicPartition[] partitions,
        TimestampMs time,
        IReadOnlyDictionary<TopicPartition, Offset> ends,
        CancellationToken cancellation)
    {
        IReadOnlyDictionary<TopicPartition, FoundOffset> found =
            await consumer.OffsetsForTimesAsync(partitions.ToDictionary(static partition => partition, _ => time), cancellation);
        foreach (TopicPartition partition in partitions)
        {
            bool isThere = found.TryGetValue(partition, out FoundOffset first) && first.Offset != Offset.None;
            consumer.Seek(partition, isThere ? first.Offset : ends[partition]);
        }
    }

    private static void Seek(
        Consumer<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> consumer, TopicPartition partition, string? start, Offset end)
    {
        switch (start)
        {
            case null or "end":
                consumer.Seek(partition, end);
                break;
            case "beginning" or "earliest":
                consumer.SeekToBeginning(partition);
                break;
            default:
                long offset = NumberOf(start) ?? throw NoStart(start);
                consumer.Seek(partition, new Offset(offset >= 0 ? offset : Math.Max(end.Value + offset, 0)));
                break;
        }
    }

    private static UsageException NoStart(string start) =>
        new($"--offset: '{start}' is neither beginning, end, an offset, -N nor s@MILLISECONDS.");

    private async Task<TopicPartition[]> PartitionsAsync(ConsumePlan plan, CancellationToken cancellation)
    {
        if (plan.Include is { } pattern) return await TopicPartitions.MatchAsync(options.BootstrapServers, options.Security, pattern, cancellation);
        TopicPartition[] all = await TopicPartitions.FindAsync(options.BootstrapServers, options.Security, plan.Topic!, cancellation);
        if (plan.Partition is not { } wanted) return all;
        return all.Where(partition => partition.Partition == wanted).ToArray() is { Length: 1 } one
            ? one
            : throw new CommandException($"Topic {plan.Topic} has no partition {wanted}.");
    }
}
