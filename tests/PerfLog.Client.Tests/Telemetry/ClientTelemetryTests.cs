using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using PerfLog.Broker;
using PerfLog.Client.Admin;
using PerfLog.Client.Consuming;
using PerfLog.Client.Producing;
using PerfLog.Records;

namespace PerfLog.Client.Tests.Telemetry;

/// <summary>A listener hears all clients of the process, and makes them allocate: these tests run alone.</summary>
[CollectionDefinition(nameof(ClientTelemetryTests), DisableParallelization = true)]
public sealed class ListeningAlone;

[Collection(nameof(ClientTelemetryTests))]
public sealed class ClientTelemetryTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<Activity> _activities = [];
    private EmbeddedBroker _broker = null!;

    public async Task InitializeAsync()
    {
        _broker = await EmbeddedBroker.StartAsync();
        await using AdminClient admin = AdminClient.Create(new AdminClientOptions { BootstrapServers = _broker.BootstrapServers });
        await admin.CreateTopicAsync(new NewTopic("t", Partitions: 1));
    }

    public async Task DisposeAsync() => await _broker.DisposeAsync();

    [Fact]
    public async Task The_trace_goes_with_the_record_from_publishing_over_receiving_to_processing()
    {
        using ActivityListener listener = Listen();
        using Activity caller = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C).Start();
        caller.TraceStateString = "vendor=1";
        await using Producer<string, string> producer = new(ProducerOptions.Classic(_broker.BootstrapServers));

        RecordMetadata sent = await producer.SendAsync("t", "k", "v");
        Assert.Same(caller, Activity.Current);
        Activity? handling = null;
        await using Consumer<string, string> consumer = Reader();
        using ConsumedBatch<string, string> batch = await PollAsync(consumer);
        await batch[0].ProcessAsync(
            (_, _) =>
            {
                handling = Activity.Current;
                return ValueTask.CompletedTask;
            },
            "group");

        Activity publish = Single("publish t");
        Assert.Equal((ActivityKind.Producer, caller.TraceId, caller.SpanId), (publish.Kind, publish.TraceId, publish.ParentSpanId));
        Assert.Equal("kafka", publish.GetTagItem("messaging.system"));
        Assert.Equal("t", publish.GetTagItem("messaging.destination.name"));
        Assert.Equal(sent.Offset.Value, publish.GetTagItem("messaging.kafka.offset"));
        Activity receive = Single("receive t");
        Assert.Equal(publish.SpanId, Assert.Single(receive.Links).Context.SpanId);
        Assert.Equal(1, receive.GetTagItem("messaging.batch.message_count"));
        Activity process = Single("process t");
        Assert.Same(process, handling);
        Assert.Equal((ActivityKind.Consumer, publish.TraceId, publish.SpanId), (process.Kind, process.TraceId, process.ParentSpanId));
        Assert.Equal("vendor=1", process.TraceStateString);
        Assert.Equal("group", process.GetTagItem("messaging.consumer.group.name"));
    }

    [Fact]
    public async Task Each_way_of_sending_is_traced_and_headers_that_name_a_trace_stay()
    {
        const string Own = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        using ActivityListener listener = Listen();
        await using Producer<string, string> producer = new(ProducerOptions.Classic(_broker.BootstrapServers));
        TaskCompletionSource told = new();

        await producer.Send("t", "k"u8, "0"u8, _ => told.SetResult());
        await told.Task;
        await producer.SendAsync(new ProducerRecord<string, string>("t", "k", "1")
        {
            Headers = new RecordHeader[] { new("traceparent", Encoding.ASCII.GetBytes(Own)) },
        });
        await producer.Send(new ProducerRecord<string, string>("t", "k", "2"));
        await producer.FlushAsync();

        await using Consumer<string, string> consumer = Reader();
        List<string> parents = [];
        while (parents.Count < 3)
        {
            using ConsumedBatch<string, string> batch = await PollAsync(consumer);
            foreach (ConsumedRecord<string, string> record in batch)
            {
                HeaderEnumerator headers = record.Headers;
                Assert.True(headers.MoveNext());
                Assert.Equal("traceparent", Encoding.UTF8.GetString(headers.Current.KeyUtf8));
                parents.Add(Encoding.UTF8.GetString(headers.Current.Value.Span));
            }
        }

        Activity[] publishes = [.. _activities.Where(static activity => activity.DisplayName == "publish t")];
        Assert.Equal(3, publishes.Length);
        Assert.Equal(Own, parents[1]);
        Assert.Contains(publishes, activity => activity.Id == parents[0]);
        Assert.Contains(publishes, activity => activity.Id == parents[2]);
    }

    [Fact]
    public async Task A_record_that_is_not_written_ends_its_activity_with_the_error()
    {
        using ActivityListener listener = Listen();
        await using Producer<string, string> producer = new(
            ProducerOptions.Classic(_broker.BootstrapServers) with { MaxRequestSize = 1000, BatchSize = 100 });

        // Serialized it is just short of the limit, but not with what a batch adds.
        await Assert.ThrowsAsync<ProduceException>(async () => await producer.SendAsync("t", "k", new string('x', 990)));

        Activity publish = Single("publish t");
        Assert.Equal(ActivityStatusCode.Error, publish.Status);
        Assert.Equal("MessageTooLarge", publish.GetTagItem("error.type"));
    }

    [Fact]
    public async Task Records_are_counted_and_operations_timed()
    {
        ConcurrentQueue<(string Name, double Value, string? Operation, string? Topic)> measured = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = static (instrument, self) =>
        {
            if (instrument.Meter.Name == ClientTelemetry.Name) self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.Start();
        await using (Producer<string, string> producer = new(ProducerOptions.Classic(_broker.BootstrapServers)))
        {
            for (int index = 0; index < 10; index++) await producer.Send(new ProducerRecord<string, string>("t", "k", "v"));
        }

        await using Consumer<string, string> consumer = Reader();
        int count = 0;
        while (count < 10)
        {
            using ConsumedBatch<string, string> batch = await PollAsync(consumer);
            foreach (ConsumedRecord<string, string> record in batch) await record.ProcessAsync(static (_, _) => ValueTask.CompletedTask);
            count += batch.Count;
        }

        Assert.Equal(10, measured.Where(static one => one is ("messaging.client.sent.messages", _, "publish", "t")).Sum(static one => one.Value));
        Assert.Equal(10, measured.Where(static one => one is ("messaging.client.consumed.messages", _, "receive", "t")).Sum(static one => one.Value));
        Assert.Equal(10, measured.Count(static one => one is ("messaging.process.duration", >= 0, "process", "t")));
        Assert.Contains(measured, static one => one is ("messaging.client.operation.duration", > 0, "publish", "t"));
        Assert.Contains(measured, static one => one is ("messaging.client.operation.duration", > 0, "receive", "t"));

        void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            measured.Enqueue((instrument.Name, value, Tag(tags, "messaging.operation.name"), Tag(tags, "messaging.destination.name")));
    }

    [Fact]
    public async Task Without_a_listener_processing_a_record_allocates_nothing_and_headers_stay_as_they_are()
    {
        await using Producer<string, string> producer = new(ProducerOptions.Classic(_broker.BootstrapServers));
        await producer.SendAsync("t", "k", "v");
        await using Consumer<string, string> consumer = Reader();
        using ConsumedBatch<string, string> batch = await PollAsync(consumer);
        Assert.Equal(0, batch[0].HeadersCount);
        Func<ConsumedRecord<string, string>, CancellationToken, ValueTask> handler = static (_, _) => ValueTask.CompletedTask;
        const int Rounds = 10_000;
        long allocated = Process();
        allocated = Math.Min(allocated, Process());

        Assert.InRange(allocated, 0, Rounds - 1);

        long Process()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int index = 0; index < Rounds; index++) Assert.True(batch[0].ProcessAsync(handler).IsCompletedSuccessfully);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static string? Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            if (tag.Key == name) return tag.Value as string;
        }

        return null;
    }

    private static async Task<ConsumedBatch<string, string>> PollAsync(Consumer<string, string> consumer)
    {
        ConsumedBatch<string, string> batch = await consumer.PollAsync(TimeSpan.FromSeconds(20));
        Assert.NotEqual(0, batch.Count);
        return batch;
    }

    private Activity Single(string name) => Assert.Single(_activities, activity => activity.DisplayName == name);

    private ActivityListener Listen()
    {
        ActivityListener listener = new()
        {
            ShouldListenTo = static source => source.Name == ClientTelemetry.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _activities.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private Consumer<string, string> Reader()
    {
        Consumer<string, string> consumer = new(new ConsumerOptions
        {
            BootstrapServers = _broker.BootstrapServers, AutoOffsetReset = OffsetReset.Earliest,
        });
        consumer.Assign(new TopicPartition("t", 0));
        return consumer;
    }
}
