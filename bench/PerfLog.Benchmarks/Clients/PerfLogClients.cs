using PerfLog.Client.Consuming;
using PerfLog.Client.Producing;
using PerfLog.Records;

namespace PerfLog.Benchmarks.Clients;

/// <summary>The library under test.</summary>
internal sealed class PerfLogClients : IMeasuredClients
{
    private const int PollRecordsMax = 10_000;

    private static readonly TimeSpan PollTimeout = TimeSpan.FromSeconds(10);

    public async Task<ClientCost> ProduceAsync(ProduceWork work)
    {
        int failed = 0;
        Action<DeliveryReport> delivered = report =>
        {
            if (report.Failure is not null) Interlocked.Increment(ref failed);
        };
        byte[] value = NumberedValue.Make(work.ValueBytes);
        await using Producer<None, ReadOnlyMemory<byte>> producer = new(new ProducerOptions
        {
            BootstrapServers = work.Servers,
            Acks = work.AcksAll ? Acks.All : Acks.Leader,
            Linger = ClientTuning.Linger,
            BatchSize = ClientTuning.PerfLogBatchBytes,
            BufferMemory = ClientTuning.BufferBytes,
        });
        await SendAsync(producer, work.Topic, value, 0, work.WarmUpRecords, delivered);
        CostMeter meter = CostMeter.Start();
        await SendAsync(producer, work.Topic, value, work.WarmUpRecords, work.AllRecords, delivered);
        ClientCost cost = meter.Stop();
        return failed == 0 ? cost : throw new InvalidDataException($"{failed} records were not written.");
    }

    public async Task<ClientCost> ConsumeAsync(ConsumeWork work) => work.Way switch
    {
        ConsumeWay.Typed => await ReadAsync<Numbered>(work, new NumberedDeserializer(), SumTyped),
        ConsumeWay.Raw => await ReadAsync<ReadOnlyMemory<byte>>(work, null, SumRaw),
        _ => await CheckAsync(work),
    };

    public async Task<ClientLatency> MeasureLatencyAsync(LatencyWork work)
    {
        await using Producer<None, ReadOnlyMemory<byte>> producer = new(new ProducerOptions { BootstrapServers = work.Servers });
        await using Consumer<None, ReadOnlyMemory<byte>> consumer = Consumer<ReadOnlyMemory<byte>>(work.Servers, work.Topic, 1, null);
        byte[] value = NumberedValue.Make(work.ValueBytes);
        NumberedValue.Number(value, -1);
        await producer.SendAsync(work.Topic, default, value);
        using (await consumer.PollAsync(PollTimeout))
        {
            // Connected, both.
        }

        var latencies = new LatencyLog(work);
        Pacer pacer = latencies.Start();
        Thread sending = pacer.Run(work.AllRecords, number =>
        {
            NumberedValue.Number(value, number);
            ValueTask taken = producer.Send(work.Topic, default, value);
            if (!taken.IsCompletedSuccessfully) taken.AsTask().GetAwaiter().GetResult();
        });
        while (!latencies.IsFull)
        {
            using ConsumedBatch<None, ReadOnlyMemory<byte>> batch = await consumer.PollAsync(PollTimeout);
            if (batch.Count == 0) throw new InvalidDataException("Records did not come.");
            foreach (ConsumedRecord<None, ReadOnlyMemory<byte>> record in batch) latencies.Take(record.ValueBytes.Span);
        }

        sending.Join();
        return latencies.Result();
    }

    private static async Task SendAsync(
        Producer<None, ReadOnlyMemory<byte>> producer, string topic, byte[] value, int from, int to, Action<DeliveryReport> delivered)
    {
        for (int number = from; number < to; number++)
        {
            NumberedValue.Number(value, number);
            ValueTask taken = producer.Send(topic, default, value, delivered);
            if (!taken.IsCompletedSuccessfully) await taken;
        }

        await producer.FlushAsync();
    }

    private static Consumer<None, T> Consumer<T>(string servers, string topic, int partitions, IDeserializer<T>? values)
    {
        Consumer<None, T> consumer = new(
            new ConsumerOptions { BootstrapServers = servers, AutoOffsetReset = OffsetReset.Earliest, MaxPollRecords = PollRecordsMax },
            valueDeserializer: values);
        consumer.Assign([.. Enumerable.Range(0, partitions).Select(partition => new TopicPartition(topic, partition))]);
        return consumer;
    }

    private static async Task<ClientCost> ReadAsync<T>(
        ConsumeWork work, IDeserializer<T>? values, Func<ConsumedBatch<None, T>, long> sumOf)
    {
        CostMeter meter = CostMeter.Start();
        await using Consumer<None, T> consumer = Consumer(work.Servers, work.Topic, work.Partitions, values);
        int count = 0;
        long sum = 0;
        while (count < work.Records)
        {
            using ConsumedBatch<None, T> batch = await consumer.PollAsync(PollTimeout);
            if (batch.Count == 0) throw new InvalidDataException("Records did not come.");
            sum += sumOf(batch);
            count += batch.Count;
        }

        ClientCost cost = meter.Stop();
        ArrivalCheck.RequireSum(count, sum);
        return cost;
    }

    private static long SumTyped(ConsumedBatch<None, Numbered> batch)
    {
        long sum = 0;
        foreach (ConsumedRecord<None, Numbered> record in batch) sum += record.Value.Number;
        return sum;
    }

    private static long SumRaw(ConsumedBatch<None, ReadOnlyMemory<byte>> batch)
    {
        long sum = 0;
        foreach (ConsumedRecord<None, ReadOnlyMemory<byte>> record in batch) sum += NumberedValue.NumberOf(record.ValueBytes.Span);
        return sum;
    }

    private static async Task<ClientCost> CheckAsync(ConsumeWork work)
    {
        ArrivalCheck check = new(work.Records, work.ValueBytes);
        await using Consumer<None, ReadOnlyMemory<byte>> consumer = Consumer<ReadOnlyMemory<byte>>(work.Servers, work.Topic, work.Partitions, null);
        while (check.Count < work.Records)
        {
            using ConsumedBatch<None, ReadOnlyMemory<byte>> batch = await consumer.PollAsync(PollTimeout);
            if (batch.Count == 0) break;
            foreach (ConsumedRecord<None, ReadOnlyMemory<byte>> record in batch) check.Take(record.Value.Span);
        }

        check.RequireAll();
        return new ClientCost(0, 0, 0);
    }

    private sealed class NumberedDeserializer : IDeserializer<Numbered>
    {
        public Numbered Deserialize(ReadOnlyMemory<byte> bytes) => new(NumberedValue.NumberOf(bytes.Span));
    }
}
