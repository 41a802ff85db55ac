using PerfLog.Broker.Groups;
using PerfLog.Broker.Tests.Harness;
using PerfLog.Protocol.Messages;
using PerfLog.Records;

namespace PerfLog.Broker.Tests.Groups;

/// <summary>What becomes of offsets whose topic went while nobody coordinated their group, and of the topic that they are kept in.</summary>
public sealed class DeletedTopicTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("perflog-deleted-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Offsets_of_a_topic_that_is_gone_are_removed_when_their_group_is_loaded()
    {
        await using (TestBroker first = await StartAsync())
        {
            first.CreateTopic("t");
            using RawClient client = first.Connect("__admin_client");
            client.FindCoordinator("g");
            client.Commit("g", ("t", 0, 7));
            client.Append("__consumer_offsets", CommitOf("gone"));
        }

        await using TestBroker second = await StartAsync();
        using RawClient again = second.Connect();
        Waiting.Until(() => again.Heartbeat("g", "nobody", 1) == ErrorCode.UnknownMemberId);
        Waiting.Until(() => again.Committed("g", "gone") == -1);
        Assert.Equal(7, again.Committed("g", "t"));

        // It is not only hidden: the log says so too.
        Assert.Equal(3, again.Fetch("__consumer_offsets", 0).HighWatermark);
    }

    [Fact]
    public async Task The_offsets_topic_gets_no_more_partitions_for_every_group_would_be_looked_for_elsewhere()
    {
        await using TestBroker broker = await StartAsync();
        using RawClient client = broker.Connect();
        client.FindCoordinator("g");

        var request = new CreatePartitionsRequest { Topics = [new() { Name = "__consumer_offsets", Count = 60 }], TimeoutMs = 1000 };
        var refused = Assert.Single(client.Call<CreatePartitionsRequest, CreatePartitionsResponse>(request, 3).Results);

        Assert.Equal(ErrorCode.InvalidTopicException, refused.ErrorCode);
        Assert.Contains("__consumer_offsets", refused.ErrorMessage);
    }

    private static byte[] CommitOf(string topic)
    {
        using var batch = new GroupRecordBatch();
        var now = new TimestampMs(DateTimeOffset.UnixEpoch.AddYears(50).ToUnixTimeMilliseconds());
        batch.Begin(1_000_000, CompressionCodec.None, now);
        Assert.True(batch.TryAddCommit(
            "g", new TopicPartition(topic, 0), new CommittedOffset(new Offset(5), LeaderEpoch.None, "", now, TimestampMs.None, Offset.None)));
        return batch.Build().ToArray();
    }

    private Task<TestBroker> StartAsync() => TestBroker.StartAsync(directory: _directory, settings: ("offsets.topic.num.partitions", "1"));
}
