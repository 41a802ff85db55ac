using Microsoft.Extensions.Time.Testing;
using PerfLog.Broker.Tests.Harness;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Tests.BadInput;

/// <summary>Goal: a connection that makes no progress is closed in its time, one that waits for the broker is not.</summary>
public sealed class SlowConnectionTests
{
    private const int IdleMs = 60_000;
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(IdleMs);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_connection_that_says_nothing_is_closed()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();

        Assert.True(_time.AdvanceUntilNews(client, Step) > Idle);

        Assert.True(client.IsClosedByBroker());
        broker.AssertOneWarning("connections.max.idle.ms");
    }

    [Fact]
    public async Task A_size_field_that_lies_and_then_silence_is_closed()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        long before = GC.GetTotalMemory(forceFullCollection: true);

        client.SendBytes(new FrameBytes().Int32(100_000_000).Int16(0).Int16(3).Bare());

        Assert.True(_time.AdvanceUntilNews(client, Step) > Idle);
        Assert.True(client.IsClosedByBroker());
        Assert.True(GC.GetTotalMemory(forceFullCollection: false) - before < 32 * 1024 * 1024, "The lie took memory.");
        broker.AssertOneWarning("connections.max.idle.ms");
    }

    [Fact]
    public async Task A_frame_that_trickles_in_byte_by_byte_is_closed_although_bytes_come()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        byte[] frame = RawClient.Frame(ClientRequests.Produce("t", Batch.OfSize(10_000)), 9, 1);
        int sent = 0;

        TimeSpan lived = _time.AdvanceUntilNews(client, Step, () => client.TrySendBytes(frame.AsSpan(sent++, 1)));

        Assert.True(lived > Idle);
        Assert.True(client.IsClosedByBroker());
        Assert.True(sent < frame.Length, "The whole frame went through.");
        broker.AssertOneWarning("did not arrive whole");
    }

    [Fact]
    public async Task A_connection_whose_fetch_waits_is_not_idle()
    {
        await using TestBroker broker = await StartAsync();
        broker.CreateTopic("t");
        using RawClient client = broker.Connect();
        FetchRequest fetch = ClientRequests.Fetch("t", 0);
        fetch.MaxWaitMs = 3 * IdleMs;
        int correlationId = client.Send(fetch, ClientRequests.FetchVersion);

        TimeSpan waited = _time.AdvanceUntilNews(client, Step);

        FetchResponse answer = client.Receive<FetchResponse>(ClientRequests.FetchVersion, correlationId);
        Assert.Equal(ErrorCode.None, answer.Only().ErrorCode);
        Assert.True(waited >= 3 * Idle);
        Assert.Empty(broker.Log.Warnings);
    }

    [Fact]
    public async Task A_client_that_reads_none_of_its_answers_is_closed()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = WithLargeAnswers(broker, fetches: 60);
        DateTimeOffset start = _time.GetUtcNow();

        Waiting.Until(() =>
        {
            _time.Advance(Step);
            return client.HasNews(withinMs: 5) && broker.Log.Warnings.Length > 0;
        });

        Assert.True(_time.GetUtcNow() - start > Idle);
        Assert.True(client.IsClosedByBroker());
        broker.AssertOneWarning("read no answer");
    }

    [Fact]
    public async Task A_client_that_reads_slowly_gets_all()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = WithLargeAnswers(broker, fetches: 60);
        for (int id = 1; id <= 60; id++)
        {
            _time.Advance(Idle / 20);
            Assert.Single(client.Receive<FetchResponse>(ClientRequests.FetchVersion, id).Only().Values());
        }

        Assert.Empty(broker.Log.Warnings);
    }

    [Fact]
    public async Task A_connection_that_asks_now_and_then_lives_on()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        for (int round = 0; round < 10; round++)
        {
            client.Call<MetadataRequest, MetadataResponse>(new MetadataRequest { Topics = [] }, 12);
            _time.Advance(Idle / 2);
        }

        Assert.Empty(broker.Log.Warnings);
    }

    /// <summary>A client that asked for more than sockets hold, and has not read yet.</summary>
    private static RawClient WithLargeAnswers(TestBroker broker, int fetches)
    {
        broker.CreateTopic("t");
        RawClient client = new(broker.Broker.EndPoint, receiveBufferBytes: 64 * 1024);
        using RawClient writer = broker.Connect();
        writer.Append("t", Batch.OfSize(1_000_000));
        for (int id = 1; id <= fetches; id++) Assert.Equal(id, client.Send(ClientRequests.Fetch("t", 0), ClientRequests.FetchVersion));
        return client;
    }

    private Task<TestBroker> StartAsync() =>
        TestBroker.StartAsync(_time, settings: ("connections.max.idle.ms", IdleMs.ToString()));
}
