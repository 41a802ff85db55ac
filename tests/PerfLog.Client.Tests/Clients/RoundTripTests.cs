using System.Text;
using PerfLog.Broker;
using PerfLog.Client.Admin;
using PerfLog.Client.Consuming;
using PerfLog.Client.Producing;
using PerfLog.Records;

namespace PerfLog.Client.Tests.Clients;

/// <summary>Producer and consumer against a whole broker in this process.</summary>
public sealed class RoundTripTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private EmbeddedBroker _broker = null!;

    public async Task InitializeAsync() => _broker = await EmbeddedBroker.StartAsync();

    public async Task DisposeAsync() => await _broker.DisposeAsync();

    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Zstd)]
    public async Task What_is_sent_is_read_with_key_headers_and_time(CompressionCodec codec)
    {
        await CreateAsync("orders", partitions: 1);
        // Not so long ago that the broker might find the records too old to keep.
        long start = TimestampMs.Now(TimeProvider.System).Value - 10_000;
        await using Producer<string, string> producer = new(Options() with { Compression = codec });
        for (int index = 0; index < 1_000; index++)
        {
            await producer.Send(new ProducerRecord<string, string>("orders", $"k{index}", $"value {index}")
            {
                Timestamp = new TimestampMs(start + index),
                Headers = new RecordHeader[] { new("trace", Encoding.UTF8.GetBytes($"{index}")) },
            });
        }

        RecordMetadata last = await producer.SendAsync("orders", "last", "value");
        await using Consumer<string, string> consumer = Reader();
        consumer.Assign(new TopicPartition("orders", 0));

        int count = 0;
        await foreach (ConsumedRecord<string, string> record in consumer.ReadAsync(Deadline()))
        {
            Assert.Equal(count, record.Offset.Value);
            if (record.Offset == last.Offset) break;
            Assert.Equal(($"k{count}", $"value {count}"), (record.Key, record.Value));
            Assert.Equal(start + count, record.Timestamp.Value);
            HeaderEnumerator headers = record.Headers;
            Assert.True(headers.MoveNext());
            Assert.Equal("trace", Encoding.UTF8.GetString(headers.Current.KeyUtf8));
            Assert.Equal($"{count}", Encoding.UTF8.GetString(headers.Current.Value.Span));
            count++;
        }

        Assert.Equal(1_000, count);
    }

    [Theory]
    [InlineData(Acks.None, false)]
    [InlineData(Acks.Leader, false)]
    [InlineData(Acks.All, false)]
    [InlineData(Acks.All, true)]
    public async Task Records_of_many_threads_arrive_once_and_in_each_threads_order(Acks acks, bool idempotent)
    {
        const int Threads = 4;
        const int Each = 5_000;
        await CreateAsync("many", partitions: 3);
        await using (Producer<int, int> producer = new(Options() with { Acks = acks, EnableIdempotence = idempotent, BufferMemory = 256 * 1024 }))
        {
            await Task.WhenAll(Enumerable.Range(0, Threads).Select(async thread =>
            {
                await Task.Yield();
                for (int index = 0; index < Each; index++) await producer.Send(new ProducerRecord<int, int>("many", thread, index));
            }));
            await producer.FlushAsync();
        }

        await using Consumer<int, int> consumer = new(ReadOptions());
        consumer.Assign(new("many", 0), new("many", 1), new("many", 2));
        int[] next = new int[Threads];
        await foreach (ConsumedRecord<int, int> record in consumer.ReadAsync(Deadline()))
        {
            Assert.Equal(next[record.Key]++, record.Value);
            if (next.Sum() == Threads * Each) break;
        }
    }

    [Fact]
    public async Task Null_keys_and_values_stay_null()
    {
        await CreateAsync("nulls", partitions: 1);
        await using Producer<string?, string?> producer = new(Options());
        await producer.SendAsync("nulls", null, null);

        await using Consumer<string?, string?> consumer = new(ReadOptions());
        consumer.Assign(new TopicPartition("nulls", 0));
        using ConsumedBatch<string?, string?> batch = await consumer.PollAsync(Patience);

        Assert.Equal(1, batch.Count);
        Assert.Null(batch[0].Key);
        Assert.Null(batch[0].Value);
        Assert.False(batch[0].HasKey || batch[0].HasValue);
    }

    [Fact]
    public async Task A_raw_record_of_null_arrays_has_neither_key_nor_value()
    {
        byte[]? none = null;
        byte[] empty = [];
        await CreateAsync("raw", partitions: 1);
        await using Producer<byte[]?, byte[]?> producer = new(Options());
        await producer.SendMany("raw", new RawRecord[] { new(none, none), new(empty, empty) });
        await producer.FlushAsync();

        await using Consumer<byte[]?, byte[]?> consumer = new(ReadOptions());
        consumer.Assign(new TopicPartition("raw", 0));
        List<(bool HasKey, bool HasValue)> read = [];
        await foreach (ConsumedRecord<byte[]?, byte[]?> record in consumer.ReadAsync(Deadline()))
        {
            read.Add((record.HasKey, record.HasValue));
            if (read.Count == 2) break;
        }

        Assert.Equal([(false, false), (true, true)], read);
    }

    [Fact]
    public async Task A_record_that_the_deserializer_refuses_is_named()
    {
        await CreateAsync("texts", partitions: 1);
        await using Producer<None, string> producer = new(Options());
        await producer.SendAsync("texts", default, "four");
        await producer.SendAsync("texts", default, "fives");

        await using Consumer<None, int> consumer = new(ReadOptions());
        consumer.Assign(new TopicPartition("texts", 0));
        consumer.Seek(new TopicPartition("texts", 0), new Offset(1));
        using ConsumedBatch<None, int> batch = await consumer.PollAsync(Patience);

        RecordFormatException refused = Assert.Throws<RecordFormatException>(() => batch[0].Value);
        Assert.Contains("texts-0, offset 1", refused.Message);
        Assert.Contains("5 bytes", refused.Message);
    }

    [Fact]
    public async Task A_record_type_goes_by_its_own_key_and_a_mismatch_names_type_field_and_place()
    {
        await CreateAsync("typed", partitions: 1);
        await using Producer<string, Reading> producer = new(Options());
        await producer.SendAsync("typed", new Reading("roof", 21.5));
        await using Producer<string, OtherReading> other = new(Options());
        await other.SendAsync("typed", "roof", new OtherReading(null));

        await using Consumer<string, Reading> consumer = new(ReadOptions());
        consumer.Assign(new TopicPartition("typed", 0));
        using ConsumedBatch<string, Reading> first = await consumer.PollAsync(Patience);
        Assert.Equal(("roof", new Reading("roof", 21.5), 21.5), (first[0].Key, first[0].Value, first[0].ValueView<Reading.View>().Celsius));
        using ConsumedBatch<string, Reading>? second = first.Count == 1 ? await consumer.PollAsync(Patience) : null;
        ConsumedRecord<string, Reading> wrong = second is null ? first[1] : second[0];

        RecordFormatException refused = Assert.Throws<RecordFormatException>(() => wrong.Value);
        Assert.StartsWith("typed-0, offset 1: the value cannot be read: PerfLog.Client.Tests.Clients.Reading", refused.Message);
        Assert.Equal(refused.Message, Assert.Throws<RecordFormatException>(() => wrong.ValueView<Reading.View>().Celsius).Message);
    }

    private CancellationToken Deadline() => new CancellationTokenSource(Patience).Token;

    private ProducerOptions Options() => ProducerOptions.Classic(_broker.BootstrapServers);

    private ConsumerOptions ReadOptions() => new() { BootstrapServers = _broker.BootstrapServers, AutoOffsetReset = OffsetReset.Earliest };

    private Consumer<string, string> Reader() => new(ReadOptions());

    private async Task CreateAsync(string topic, int partitions)
    {
        await using AdminClient admin = AdminClient.Create(new AdminClientOptions { BootstrapServers = _broker.BootstrapServers });
        await admin.CreateTopicAsync(new NewTopic(topic, partitions));
    }
}

/// <summary>What a sensor measured.</summary>
[LogRecord]
public partial record Reading([PartitionKey] string Sensor, double Celsius);

/// <summary>Something else.</summary>
[LogRecord]
public partial record OtherReading(string? Text);
