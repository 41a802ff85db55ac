using PerfLog.Broker.Tests.Harness;
using PerfLog.Protocol.Messages;
using Xunit.Abstractions;

namespace PerfLog.Broker.Tests.Fuzzing;

/// <summary>Goal: whatever becomes of a frame on its way, the broker lives, stays small, and never surprises itself.</summary>
public sealed class FrameFuzzTests(ITestOutputHelper output)
{
    private const string SeedVariable = "PERFLOG_FUZZ_SEED";
    private const string RoundsVariable = "PERFLOG_FUZZ_ROUNDS";
    // A fixed one: what a run of the suite says does not depend on chance. Long runs with other seeds are for a developer.
    private const int DefaultSeed = 1;
    private const int DefaultRounds = 5_000;
    private const int FramesPerConnection = 5;
    private const int RoundsPerCheck = 250;
    private const long MemoryGrowthMax = 256L * 1024 * 1024;

    [Fact]
    public async Task Good_frames_of_every_advertised_version_are_answered()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        List<byte[]> frames = PlausibleRequests.For(Advertised(client), TopicId(client));

        foreach (byte[] frame in frames)
        {
            client.SendBytes(frame);
            Assert.Equal(frame.AsSpan(8, 4), client.ReceiveFrame().AsSpan(0, 4));
        }

        Assert.True(frames.Count > 120, $"Only {frames.Count} frames.");
        Assert.Empty(broker.Log.Warnings);
    }

    [Fact]
    public async Task Mutated_frames_harm_nobody()
    {
        int seed = Number(SeedVariable) ?? DefaultSeed;
        int rounds = Number(RoundsVariable) ?? DefaultRounds;
        output.WriteLine($"{SeedVariable}={seed} {RoundsVariable}={rounds}");
        var random = new Random(seed);
        await using TestBroker broker = await StartAsync();
        List<byte[]> frames = Frames(broker);
        long before = GC.GetTotalMemory(forceFullCollection: true);

        for (int round = 1; round <= rounds; round++)
        {
            using RawClient client = broker.Connect();
            for (int count = 0; count < FramesPerConnection; count++)
            {
                byte[] frame = frames[random.Next(frames.Count)];
                if (!client.TrySendBytes(random.Next(5) == 0 ? frame : Mutation.Of(frame, frames, random))) break;
            }

            client.FinishSending();
            Assert.True(client.IsClosedByBroker(), $"Round {round} hangs; {SeedVariable}={seed}.");
            if (round % RoundsPerCheck == 0 || round == rounds) AssertHealthy(broker, before, seed, round);
        }
    }

    private static void AssertHealthy(TestBroker broker, long memoryBefore, int seed, int round)
    {
        string where = $"round {round}, {SeedVariable}={seed}";
        broker.AssertServes();
        using RawClient client = broker.Connect();
        string topic = $"check-{round}";
        broker.CreateTopic(topic, configs: ("max.message.bytes", "1000000"));
        client.Append(topic, Batch.Of("good"));
        Assert.Equal(["good"], client.Fetch(topic, 0).Values());
        Assert.True(broker.Log.Errors.Length == 0, $"{where}: {broker.Log.Errors.FirstOrDefault()}");
        long growth = GC.GetTotalMemory(forceFullCollection: true) - memoryBefore;
        Assert.True(growth < MemoryGrowthMax, $"{where}: memory grew by {growth} bytes.");
    }

    private static List<byte[]> Frames(TestBroker broker)
    {
        using RawClient client = broker.Connect();
        return PlausibleRequests.For(Advertised(client), TopicId(client));
    }

    private static async Task<TestBroker> StartAsync()
    {
        TestBroker broker = await TestBroker.StartAsync(settings: [("group.initial.rebalance.delay.ms", "0"), ("offsets.topic.num.partitions", "3")]);
        broker.CreateTopic("t", partitions: 2);
        return broker;
    }

    private static ApiVersionsResponse Advertised(RawClient client) =>
        client.Call<ApiVersionsRequest, ApiVersionsResponse>(new ApiVersionsRequest(), 0);

    private static Uuid TopicId(RawClient client) =>
        client.Call<MetadataRequest, MetadataResponse>(new MetadataRequest { Topics = [new() { Name = "t" }] }, 12).Topics[0].TopicId;

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out int number) ? number : null;
}
