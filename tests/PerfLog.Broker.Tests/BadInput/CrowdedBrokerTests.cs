using PerfLog.Broker.Tests.Harness;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;
using PerfLog.Wire;

namespace PerfLog.Broker.Tests.BadInput;

/// <summary>Goal: many requests at once are answered in order with bounded memory, too many connections are refused.</summary>
public sealed class CrowdedBrokerTests
{
    private const int Requests = 10_000;

    [Fact]
    public async Task Ten_thousand_pipelined_requests_are_answered_in_order_with_bounded_memory()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic("t", partitions: 100);
        using RawClient client = broker.Connect();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        byte[][] kinds =
        [
            RawClient.Frame(new ApiVersionsRequest(), 0, 0),
            RawClient.Frame(new MetadataRequest { Topics = null }, 1, 0),
            RawClient.Frame(ClientRequests.Produce("t", Batch.Of("a", "b")), 3, 0),
            RawClient.Frame(ClientRequests.Fetch("t", 0), 4, 0),
        ];

        // The sender never waits for an answer, so the broker has to hold it back.
        Task sending = Task.Factory.StartNew(() => SendAll(client, kinds), TaskCreationOptions.LongRunning);
        long largest = 0;
        for (int id = 0; id < Requests; id++)
        {
            byte[] frame = client.ReceiveFrame();
            Assert.Equal(id, new WireReader(frame).ReadInt32());
            if (id % 1_000 == 0) largest = Math.Max(largest, GC.GetTotalMemory(forceFullCollection: true));
        }

        await sending;
        Assert.True(largest - before < 64 * 1024 * 1024, $"Memory grew by {largest - before} bytes.");
        Assert.Empty(broker.Log.Warnings);
        broker.AssertServes();
    }

    [Fact]
    public async Task Requests_behind_a_waiting_fetch_are_taken_in_and_answered_after_it()
    {
        await using TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic("t");
        using RawClient client = broker.Connect();
        FetchRequest fetch = ClientRequests.Fetch("t", 0);
        fetch.MaxWaitMs = 60_000;

        int fetchId = client.Send(fetch, ClientRequests.FetchVersion);
        int produceId = client.Send(ClientRequests.Produce("t", Batch.Of("woken")), ClientRequests.ProduceVersion);

        // The produce behind it is what the fetch waits for.
        Assert.Equal(["woken"], client.Receive<FetchResponse>(ClientRequests.FetchVersion, fetchId).Only().Values());
        client.Receive<ProduceResponse>(ClientRequests.ProduceVersion, produceId);
    }

    [Fact]
    public async Task One_connection_more_than_allowed_is_refused_until_another_leaves()
    {
        await using TestBroker broker = await TestBroker.StartAsync(settings: ("max.connections", "2"));
        using RawClient first = broker.Connect();
        first.Call<MetadataRequest, MetadataResponse>(new MetadataRequest { Topics = [] }, 12);
        using (RawClient second = broker.Connect())
        {
            second.Call<MetadataRequest, MetadataResponse>(new MetadataRequest { Topics = [] }, 12);
            using RawClient third = broker.Connect();
            Assert.True(third.IsClosedByBroker());
            LogCapture.Line refused = Assert.Single(broker.Log.Warnings);
            Assert.Contains("max.connections", refused.Text);
        }

        Waiting.Until(() => IsServed(broker));
        first.Call<MetadataRequest, MetadataResponse>(new MetadataRequest { Topics = [] }, 12);
    }

    [Fact]
    public async Task A_broker_that_stops_lets_go_of_waiting_fetches()
    {
        TestBroker broker = await TestBroker.StartAsync();
        broker.CreateTopic("t");
        using RawClient client = broker.Connect();
        FetchRequest fetch = ClientRequests.Fetch("t", 0);
        fetch.MaxWaitMs = 300_000;
        client.Send(fetch, ClientRequests.FetchVersion);
        Assert.False(client.HasNews(withinMs: 50));

        await broker.DisposeAsync();

        Assert.True(client.IsClosedByBroker());
        Assert.Empty(broker.Log.Warnings);
    }

    private static void SendAll(RawClient client, byte[][] kinds)
    {
        for (int id = 0; id < Requests; id++)
        {
            byte[] frame = kinds[id % kinds.Length];
            var field = new WireWriter(frame.AsSpan(RequestFrame.CorrelationIdPosition));
            field.WriteInt32(id);
            client.SendBytes(frame);
        }
    }

    private static bool IsServed(TestBroker broker)
    {
        using RawClient client = broker.Connect();
        try
        {
            client.Call<MetadataRequest, MetadataResponse>(new MetadataRequest { Topics = [] }, 12);
            return true;
        }
        catch (Exception error) when (error is EndOfStreamException or System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}
