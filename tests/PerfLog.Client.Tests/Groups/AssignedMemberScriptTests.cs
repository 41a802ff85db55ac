using PerfLog.Client.Consuming;
using PerfLog.Client.Tests.Clients;
using PerfLog.Client.Tests.Scripted;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;
using PerfLog.Records;

namespace PerfLog.Client.Tests.Groups;

/// <summary>A member whose coordinator assigns, against one whose answers, and whose time, the test decides.</summary>
public sealed class AssignedMemberScriptTests
{
    private readonly ScriptedCluster _cluster = new() { Partitions = 2 };
    private readonly RecordingListener _listener = new();

    private ConsumerOptions Options => new()
    {
        BootstrapServers = ScriptedCluster.Servers,
        Time = _cluster.Time,
        GroupId = "g",
        GroupProtocol = GroupProtocol.Consumer,
        Rack = "r",
        EnableAutoCommit = false,
    };

    [Fact]
    public async Task It_joins_with_all_there_is_to_say_and_then_says_only_what_changed()
    {
        Consumer<None, long> consumer = Subscribed(Options);
        Task polling = PollAsync(consumer);
        Asked<ConsumerGroupHeartbeatRequest> join = await NextBeatAsync();
        Assert.Equal((0, "r", 300_000, "t"), (join.Request.MemberEpoch, join.Request.RackId, join.Request.RebalanceTimeoutMs, Assert.Single(join.Request.SubscribedTopicNames!)));
        Assert.Empty(join.Owned()!);
        join.Told(epoch: 3, 0, 1);

        Asked<OffsetFetchRequest> positions = await _cluster.NextOfAsync<OffsetFetchRequest>();
        Assert.Equal((join.Request.MemberId, 3), (positions.Request.Groups[0].MemberId, positions.Request.Groups[0].MemberEpoch));
        Asked<ConsumerGroupHeartbeatRequest> acknowledgement = await NextBeatAsync();
        Assert.Equal((3, null, -1), (acknowledgement.Request.MemberEpoch, acknowledgement.Request.SubscribedTopicNames, acknowledgement.Request.RebalanceTimeoutMs));
        Assert.Equal((int[])[0, 1], acknowledgement.Owned());
        acknowledgement.ToldNothingNew(epoch: 3);

        Asked<ConsumerGroupHeartbeatRequest> idle = await NextBeatAsync();
        Assert.Null(idle.Owned());
        Assert.True(idle.At - acknowledgement.At >= TimeSpan.FromSeconds(1), $"{idle.At - acknowledgement.At}");
        idle.ToldNothingNew(epoch: 3);
        await CloseAsync(consumer, polling, epoch: -1);
    }

    [Fact]
    public async Task It_acknowledges_what_it_gave_up_before_it_gets_more()
    {
        Consumer<None, long> consumer = Subscribed(Options);
        Task polling = PollAsync(consumer);
        (await NextBeatAsync()).Told(epoch: 1, 0);
        Asked<ConsumerGroupHeartbeatRequest> first = await NextBeatAsync();
        Assert.Equal((int[])[0], first.Owned());
        first.Told(epoch: 1);

        Asked<ConsumerGroupHeartbeatRequest> second = await NextBeatAsync();
        Assert.Equal((int[])[], second.Owned());
        Assert.Empty(_listener.Owned);
        second.Told(epoch: 2, 1);

        Asked<ConsumerGroupHeartbeatRequest> third = await NextBeatAsync();
        Assert.Equal((int[])[1], third.Owned());
        third.ToldNothingNew(epoch: 2);
        await CloseAsync(consumer, polling, epoch: -1);
    }

    [Theory]
    [InlineData(ErrorCode.FencedMemberEpoch)]
    [InlineData(ErrorCode.UnknownMemberId)]
    public async Task One_that_the_group_has_given_up_loses_its_partitions_and_joins_again_with_nothing(ErrorCode error)
    {
        Consumer<None, long> consumer = Subscribed(Options);
        Task polling = PollAsync(consumer);
        Asked<ConsumerGroupHeartbeatRequest> join = await NextBeatAsync();
        join.Told(epoch: 1, 0);
        (await NextBeatAsync()).Refused(error);

        Asked<ConsumerGroupHeartbeatRequest> again = await NextBeatAsync();
        Assert.Equal((join.Request.MemberId, 0), (again.Request.MemberId, again.Request.MemberEpoch));
        Assert.Empty(again.Owned()!);
        Assert.Equal([new TopicPartition("t", 0)], _listener.Lost);
        again.Told(epoch: 5, 0);
        (await NextBeatAsync()).ToldNothingNew(epoch: 5);
        await CloseAsync(consumer, polling, epoch: -1);
    }

    [Theory]
    [InlineData(ErrorCode.NotCoordinator)]
    [InlineData(ErrorCode.CoordinatorNotAvailable)]
    [InlineData(ErrorCode.CoordinatorLoadInProgress)]
    public async Task When_its_coordinator_cannot_answer_it_says_all_anew_to_whoever_is_it_after_a_pause(ErrorCode error)
    {
        Consumer<None, long> consumer = Subscribed(Options);
        Task polling = PollAsync(consumer);
        (await NextBeatAsync()).Told(epoch: 1, 0);
        _cluster.Coordinator = 2;
        Asked<ConsumerGroupHeartbeatRequest> refused = await NextBeatAsync();
        refused.Refused(error);

        Asked<ConsumerGroupHeartbeatRequest> again = await NextBeatAsync();
        Assert.Equal(error == ErrorCode.CoordinatorLoadInProgress ? 1 : 2, again.Broker.Port);
        Assert.Equal(1, again.Request.MemberEpoch);
        Assert.NotNull(again.Request.SubscribedTopicNames);
        Assert.Equal((int[])[0], again.Owned());
        Assert.True(again.At - refused.At >= Options.RetryBackoff, $"{again.At - refused.At}");
        again.ToldNothingNew(epoch: 1);
        await CloseAsync(consumer, polling, epoch: -1);
    }

    [Fact]
    public async Task A_broken_connection_is_no_reason_to_lose_anything()
    {
        Consumer<None, long> consumer = Subscribed(Options);
        Task polling = PollAsync(consumer);
        (await NextBeatAsync()).Told(epoch: 1, 0);
        (await NextBeatAsync()).Break();

        Asked<ConsumerGroupHeartbeatRequest> again = await NextBeatAsync();
        Assert.Equal((1, 300_000), (again.Request.MemberEpoch, again.Request.RebalanceTimeoutMs));
        Assert.Equal((int[])[0], again.Owned());
        Assert.Empty(_listener.Lost);
        again.ToldNothingNew(epoch: 1);
        await CloseAsync(consumer, polling, epoch: -1);
    }

    [Theory]
    [InlineData(ErrorCode.UnreleasedInstanceId)]
    [InlineData(ErrorCode.FencedInstanceId)]
    [InlineData(ErrorCode.GroupAuthorizationFailed)]
    public async Task A_refusal_for_good_is_told_to_every_poll_until_another_subscription(ErrorCode error)
    {
        Consumer<None, long> consumer = Subscribed(Options with { GroupInstanceId = "me" });
        Task polling = PollAsync(consumer);
        (await NextBeatAsync()).Refused(error);

        Assert.Equal(error, (await Assert.ThrowsAsync<ConsumeException>(() => polling)).Error);
        Assert.Equal(error, (await Assert.ThrowsAsync<ConsumeException>(() => PollAsync(consumer))).Error);

        consumer.Subscribe([ScriptedCluster.Topic], _listener);
        polling = PollAsync(consumer);
        Asked<ConsumerGroupHeartbeatRequest> again = await NextBeatAsync();
        Assert.Equal((0, "me"), (again.Request.MemberEpoch, again.Request.InstanceId));
        again.Told(epoch: 1, 0);
        (await NextBeatAsync()).ToldNothingNew(epoch: 1);
        await CloseAsync(consumer, polling, epoch: -2);
    }

    [Fact]
    public async Task A_broker_that_does_not_know_the_protocol_is_an_error_that_names_the_one_it_knows()
    {
        _cluster.Highest[ApiKey.ConsumerGroupHeartbeat] = -1;
        Consumer<None, long> consumer = Subscribed(Options);
        ConsumeException refused = await _cluster.InTimeAsync(Assert.ThrowsAsync<ConsumeException>(() => PollAsync(consumer)));
        Assert.Equal(ErrorCode.UnsupportedVersion, refused.Error);
        Assert.Contains("set group.protocol=classic", refused.Message, StringComparison.Ordinal);
        await _cluster.RunClockAsync(consumer.DisposeAsync().AsTask());
    }

    [Fact]
    public async Task A_broker_that_does_not_serve_the_protocol_is_an_error_that_names_the_one_it_serves()
    {
        Consumer<None, long> consumer = Subscribed(Options);
        Task polling = PollAsync(consumer);
        (await NextBeatAsync()).Refused(ErrorCode.UnsupportedVersion);
        ConsumeException refused = await Assert.ThrowsAsync<ConsumeException>(() => polling);
        Assert.Contains("set group.protocol=classic", refused.Message, StringComparison.Ordinal);
        await CloseAsync(consumer, polling, epoch: -1);
    }

    [Fact]
    public async Task A_broker_of_the_protocols_first_version_is_told_names_in_place_of_a_pattern()
    {
        _cluster.Highest[ApiKey.ConsumerGroupHeartbeat] = 0;
        Consumer<None, long> consumer = new(Options, null, null, _cluster);
        consumer.Subscribe(new System.Text.RegularExpressions.Regex("t.*"), _listener);
        Task polling = PollAsync(consumer);
        Asked<ConsumerGroupHeartbeatRequest> beat = await NextBeatAsync();

        // The topics become known beside the join.
        while (beat.Request.SubscribedTopicNames is not [ScriptedCluster.Topic])
        {
            Assert.Null(beat.Request.SubscribedTopicRegex);
            beat.ToldNothingNew(epoch: 1);
            beat = await NextBeatAsync();
        }

        beat.Told(epoch: 2, 0);
        Asked<ConsumerGroupHeartbeatRequest> taken = await NextBeatAsync();
        Assert.Equal((int[])[0], taken.Owned());
        taken.ToldNothingNew(epoch: 2);
        await CloseAsync(consumer, polling, epoch: -1);
    }

    [Fact]
    public async Task A_topic_that_the_metadata_does_not_know_yet_is_taken_when_it_does()
    {
        _cluster.Partitions = 0;
        Consumer<None, long> consumer = Subscribed(Options);
        Task polling = PollAsync(consumer);
        (await NextBeatAsync()).Told(epoch: 1, 1);
        (await NextBeatAsync()).ToldNothingNew(epoch: 1);
        Assert.Empty(_listener.Owned);

        _cluster.Partitions = 2;
        Asked<ConsumerGroupHeartbeatRequest> taken = await NextBeatAsync();
        while (taken.Owned() is null)
        {
            taken.ToldNothingNew(epoch: 1);
            taken = await NextBeatAsync();
        }

        Assert.Equal((int[])[1], taken.Owned());
        taken.ToldNothingNew(epoch: 1);
        await CloseAsync(consumer, polling, epoch: -1);
    }

    [Fact]
    public async Task A_commit_under_an_epoch_that_has_passed_is_made_again_under_the_new_one()
    {
        Consumer<None, long> consumer = Subscribed(Options);
        Task polling = PollAsync(consumer);
        (await NextBeatAsync()).Told(epoch: 1, 0);
        Asked<ConsumerGroupHeartbeatRequest> beat = await NextBeatAsync();
        consumer.Wakeup();
        await Assert.ThrowsAsync<WakeupException>(() => polling);

        Task committing = consumer.CommitAsync(new Dictionary<TopicPartition, OffsetAndMetadata> { [new("t", 0)] = new(new Offset(9)) });
        Asked<OffsetCommitRequest> stale = await _cluster.NextOfAsync<OffsetCommitRequest>();
        Assert.Equal(1, stale.Request.GenerationIdOrMemberEpoch);
        beat.ToldNothingNew(epoch: 2);
        await NextBeatAsync();
        stale.Answered(ErrorCode.StaleMemberEpoch);

        Asked<OffsetCommitRequest> again = await _cluster.NextOfAsync<OffsetCommitRequest>();
        Assert.Equal(2, again.Request.GenerationIdOrMemberEpoch);
        again.Answered();
        await committing;
        await CloseAsync(consumer, Task.CompletedTask, epoch: -1);
    }

    private Task<Asked<ConsumerGroupHeartbeatRequest>> NextBeatAsync() => _cluster.NextOfAsync<ConsumerGroupHeartbeatRequest>();

    private Consumer<None, long> Subscribed(ConsumerOptions options)
    {
        Consumer<None, long> consumer = new(options, null, null, _cluster);
        consumer.Subscribe([ScriptedCluster.Topic], _listener);
        return consumer;
    }

    private static async Task PollAsync(Consumer<None, long> consumer) => (await consumer.PollAsync(TimeSpan.FromHours(1))).Dispose();

    /// <summary>Closes the consumer, which has to leave its group in that epoch; beats that were under way are passed over.</summary>
    private async Task CloseAsync(Consumer<None, long> consumer, Task polling, int epoch)
    {
        if (!polling.IsCompleted)
        {
            consumer.Wakeup();
            await Assert.ThrowsAsync<WakeupException>(() => polling);
        }

        Task closing = consumer.DisposeAsync().AsTask();
        Asked<ConsumerGroupHeartbeatRequest> last = await NextBeatAsync();
        while (last.Request.MemberEpoch >= 0) last = await NextBeatAsync();
        Assert.Equal(epoch, last.Request.MemberEpoch);
        last.ToldNothingNew(last.Request.MemberEpoch);
        await _cluster.RunClockAsync(closing);
        Assert.Empty(_listener.Owned);
    }
}
