using Microsoft.Extensions.Time.Testing;
using PerfLog.Broker.Tests.Harness;

namespace PerfLog.Broker.Tests.Semantics;

public sealed class CompactionTests
{
    [Fact]
    public async Task A_compacted_topic_keeps_the_latest_record_of_each_key_at_its_offset()
    {
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(Batch.Time));
        await using TestBroker broker = await TestBroker.StartAsync(time, settings: ("log.cleaner.backoff.ms", "1000"));
        broker.CreateTopic("t", 1, ("cleanup.policy", "compact"), ("segment.bytes", "1000"));
        using RawClient client = broker.Connect();
        for (int round = 0; round < 20; round++) client.Append("t", Batch.Of($"{round}-{new string('x', 200)}", $"{round}"));

        Waiting.Until(() => Advanced(time) && Offsets(client).Count <= 10);

        List<long> left = Offsets(client);
        Assert.Equal([38L, 39L], left.TakeLast(2));
        Assert.True(left[0] > 20);
        Assert.Equal(40, client.Append("t", Batch.Of("on")));
    }

    private static List<long> Offsets(RawClient client)
    {
        List<long> offsets = [];
        while (true)
        {
            List<long> more = [.. Batch.Read(client.Fetch("t", offsets.LastOrDefault(-1) + 1).Records).Select(static record => record.Offset)];
            if (more.Count == 0) return offsets;
            offsets.AddRange(more);
        }
    }

    private static bool Advanced(FakeTimeProvider time)
    {
        time.Advance(TimeSpan.FromSeconds(1));
        return true;
    }
}
