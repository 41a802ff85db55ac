using Confluent.Kafka;

namespace PerfLog.Benchmarks.Clients;

/// <summary>Confluent.Kafka, set to what makes it fastest: delivery reports and results carry no more than is asked for.</summary>
internal sealed class ConfluentClients : IMeasuredClients
{
    private static readonly TimeSpan ConsumeTimeout = TimeSpan.FromSeconds(10);

    public Task<ClientCost> ProduceAsync(ProduceWork work)
    {
        using IProducer<Null, byte[]> producer = Producer(work);
        var outstanding = new OutstandingBytes(ClientTuning.BufferBytes);
        Send(producer, work, 0, work.WarmUpRecords, outstanding);
        CostMeter meter = CostMeter.Start();
        Send(producer, work, work.WarmUpRecords, work.AllRecords, outstanding);
        ClientCost cost = meter.Stop();
        outstanding.RequireNoFailure();
        return Task.FromResult(cost);
    }

    public Task<ClientCost> ConsumeAsync(ConsumeWork work) => Task.FromResult(work.Way switch
    {
        ConsumeWay.Typed => Read(work, new NumberedDeserializer(), static value => value.Number),
        ConsumeWay.Raw => Read(work, Deserializers.ByteArray, static value => NumberedValue.NumberOf(value)),
        _ => Check(work),
    });

    public Task<ClientLatency> MeasureLatencyAsync(LatencyWork work)
    {
        using IProducer<Null, byte[]> producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig
        {
            BootstrapServers = work.Servers, Acks = Acks.Leader, LingerMs = 0, SocketNagleDisable = true, EnableDeliveryReports = false,
        }).Build();
        using IConsumer<Ignore, byte[]> consumer = Consumer(work.Servers, work.Topic, 1, Deserializers.ByteArray);
        byte[] value = NumberedValue.Make(work.ValueBytes);
        Message<Null, byte[]> message = new() { Value = value };
        NumberedValue.Number(value, -1);
        producer.Produce(work.Topic, message);
        consumer.Consume(ConsumeTimeout);
        var latencies = new LatencyLog(work);
        Thread sending = latencies.Start().Run(work.AllRecords, number =>
        {
            NumberedValue.Number(value, number);
            producer.Produce(work.Topic, message);
        });
        while (!latencies.IsFull)
        {
            ConsumeResult<Ignore, byte[]> result = consumer.Consume(ConsumeTimeout) ?? throw new InvalidDataException("Records did not come.");
            latencies.Take(result.Message.Value);
        }

        sending.Join();
        ClientLatency measured = latencies.Result();
        consumer.Close();
        return Task.FromResult(measured);
    }

    private static IProducer<Null, byte[]> Producer(ProduceWork work) => new ProducerBuilder<Null, byte[]>(new ProducerConfig
    {
        BootstrapServers = work.Servers,
        Acks = work.AcksAll ? Acks.All : Acks.Leader,
        EnableIdempotence = false,
        LingerMs = ClientTuning.Linger.TotalMilliseconds,
        BatchSize = ClientTuning.ConfluentBatchBytes(work.ValueBytes),
        BatchNumMessages = 100_000,
        QueueBufferingMaxMessages = 10_000_000,
        QueueBufferingMaxKbytes = 2 * ClientTuning.BufferBytes / 1024,   // held back below, at half of it
        SocketNagleDisable = true,
        DeliveryReportFields = "none",
    }).Build();

    private static void Send(IProducer<Null, byte[]> producer, ProduceWork work, int from, int to, OutstandingBytes outstanding)
    {
        Message<Null, byte[]> message = new() { Value = NumberedValue.Make(work.ValueBytes) };
        Action<DeliveryReport<Null, byte[]>> delivered = report => outstanding.Told(work.ValueBytes, report.Error.IsError);
        for (int number = from; number < to; number++)
        {
            NumberedValue.Number(message.Value, number);
            outstanding.Add(work.ValueBytes);
            producer.Produce(work.Topic, message, delivered);
        }

        producer.Flush();
    }

    private static IConsumer<Ignore, T> Consumer<T>(string servers, string topic, int partitions, IDeserializer<T> values)
    {
        IConsumer<Ignore, T> consumer = new ConsumerBuilder<Ignore, T>(new ConsumerConfig
        {
            BootstrapServers = servers,
            GroupId = "bench",
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            SocketNagleDisable = true,
            CheckCrcs = false,
            ConsumeResultFields = "none",
            // Its defaults stop fetching at 100,000 queued records and look again a second later, which is most of the time.
            QueuedMinMessages = 10_000_000,
            FetchQueueBackoffMs = 1,
            QueuedMaxMessagesKbytes = ClientTuning.PrefetchBytes / 1024,
        }).SetValueDeserializer(values).Build();
        consumer.Assign(Enumerable.Range(0, partitions).Select(partition => new TopicPartitionOffset(topic, partition, Confluent.Kafka.Offset.Beginning)));
        return consumer;
    }

    private static ClientCost Read<T>(ConsumeWork work, IDeserializer<T> values, Func<T, long> numberOf)
    {
        CostMeter meter = CostMeter.Start();
        using IConsumer<Ignore, T> consumer = Consumer(work.Servers, work.Topic, work.Partitions, values);
        int count = 0;
        long sum = 0;
        while (count < work.Records)
        {
            ConsumeResult<Ignore, T> result = consumer.Consume(ConsumeTimeout) ?? throw new InvalidDataException("Records did not come.");
            sum += numberOf(result.Message.Value);
            count++;
        }

        ClientCost cost = meter.Stop();
        ArrivalCheck.RequireSum(count, sum);
        consumer.Close();
        return cost;
    }

    private static ClientCost Check(ConsumeWork work)
    {
        ArrivalCheck check = new(work.Records, work.ValueBytes);
        using IConsumer<Ignore, byte[]> consumer = Consumer(work.Servers, work.Topic, work.Partitions, Deserializers.ByteArray);
        while (check.Count < work.Records && consumer.Consume(ConsumeTimeout) is { } result) check.Take(result.Message.Value);
        consumer.Close();
        check.RequireAll();
        return new ClientCost(0, 0, 0);
    }

    private sealed class NumberedDeserializer : IDeserializer<Numbered>
    {
        public Numbered Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context) => new(NumberedValue.NumberOf(data));
    }
}
