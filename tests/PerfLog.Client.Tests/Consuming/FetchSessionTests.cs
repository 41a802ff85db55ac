using PerfLog.Client.Consuming;
using PerfLog.Protocol.Messages;

namespace PerfLog.Client.Tests.Consuming;

public sealed class FetchSessionTests
{
    private readonly FetchSession _session = new();

    [Fact]
    public void Only_what_changed_is_asked_for_and_what_is_no_longer_wanted_is_forgotten()
    {
        PartitionState[] states = [State("a", 0), State("b", 0), State("a", 1)];
        Assert.Equal(["a-0@1", "a-1@1", "b-0@1"], Asked(Describe([.. states.Select(static state => Ask(state, 1))])));
        _session.Answered(sessionId: 9);

        FetchRequest next = Describe(Ask(states[0], 1), Ask(states[2], 5));

        Assert.Equal((9, 1), (next.SessionId, next.SessionEpoch));
        Assert.Equal(["a-1@5"], Asked(next));
        FetchRequest.ForgottenTopic forgotten = Assert.Single(next.ForgottenTopicsData);
        Assert.Equal(("b", 0), (forgotten.Topic, Assert.Single(forgotten.Partitions)));
        Assert.False(_session.TryFind("b"u8, 0, out _, out _));
    }

    [Fact]
    public void A_partition_that_went_and_came_back_is_not_forgotten()
    {
        Describe(Ask(State("a", 0), 1));
        _session.Answered(sessionId: 9);
        PartitionState again = State("a", 0);

        FetchRequest next = Describe(Ask(again, 7));

        Assert.Equal(["a-0@7"], Asked(next));
        Assert.Empty(next.ForgottenTopicsData);
        Assert.True(_session.TryFind("a"u8, 0, out PartitionState? found, out FetchSession.Asked asked));
        Assert.Same(again, found);
        Assert.Equal(new Offset(7), asked.Offset);
    }

    [Fact]
    public void Answers_about_what_nobody_asked_are_known_as_such()
    {
        Describe(Ask(State("a", 0), 1));

        Assert.False(_session.TryFind("a"u8, 1, out _, out _));
        Assert.False(_session.TryFind("ab"u8, 0, out _, out _));
        Assert.False(_session.TryFind("ä"u8, 0, out _, out _));
        Assert.False(_session.TryFind(new byte[1000], 0, out _, out _));
    }

    private FetchRequest Describe(params (PartitionState State, FetchSession.Asked Ask)[] wanted)
    {
        FetchRequest request = new();
        _session.Describe(request, wanted);
        return request;
    }

    private static PartitionState State(string topic, int partition) => new(new TopicPartition(topic, partition));

    private static (PartitionState State, FetchSession.Asked Ask) Ask(PartitionState state, long offset) =>
        (state, new FetchSession.Asked(new Offset(offset), new LeaderEpoch(1), BytesMax: 1000));

    private static IEnumerable<string> Asked(FetchRequest request) => request.Topics
        .SelectMany(static topic => topic.Partitions.Select(partition => $"{topic.Topic}-{partition.Partition}@{partition.FetchOffset}")).Order();
}
