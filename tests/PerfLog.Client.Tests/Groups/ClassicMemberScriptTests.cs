using PerfLog.Client.Consuming;
using PerfLog.Client.Groups;
using PerfLog.Client.Tests.Clients;
using PerfLog.Client.Tests.Scripted;
using PerfLog.Protocol.Messages;
using PerfLog.Records;

namespace PerfLog.Client.Tests.Groups;

/// <summary>A member of a group whose members agree among themselves, against a coordinator whose answers, and whose time, the test decides.</summary>
public sealed class ClassicMemberScriptTests
{
    private readonly ScriptedCluster _cluster = new() { Partitions = 2 };
    private readonly RecordingListener _listener = new();

    private ConsumerOptions Options => new()
    {
        BootstrapServers = ScriptedCluster.Servers,
        Time = _cluster.Time,
        GroupId = "g",
        EnableAutoCommit = false,
        HeartbeatInterval = TimeSpan.FromMilliseconds(300),
        SessionTimeout = TimeSpan.FromSeconds(1),
    };

    [Fact]
    public async Task It_joins_under_the_name_that_the_coordinator_gives_beats_and_leaves()
    {
        Consumer<None, long> consumer = Subscribed(Options);
        Task polling = PollAsync(consumer);
        Asked<JoinGroupRequest> nameless = await NextAsync<JoinGroupRequest>();
        Assert.Equal(("", 1000, 300_000), (nameless.Request.MemberId, nameless.Request.SessionTimeoutMs, nameless.Request.RebalanceTimeoutMs));
        nameless.Refused(ErrorCode.MemberIdRequired, member: "m");

        Asked<JoinGroupRequest> join = await NextAsync<JoinGroupRequest>();
        Assert.Equal("m", join.Request.MemberId);
        join.Joined(generation: 4);
        Asked<SyncGroupRequest> sync = await NextAsync<SyncGroupRequest>();
        Assert.Equal((4, "m"), (sync.Request.GenerationId, sync.Request.MemberId));
        Assert.Empty(sync.Request.Assignments);
        sync.Assigned(0, 1);

        Asked<HeartbeatRequest> first = await NextAsync<HeartbeatRequest>();
        Assert.Equal((4, "m"), (first.Request.GenerationId, first.Request.MemberId));
        Assert.Equal(2, _listener.Owned.Count);
        first.Answered();
        Asked<HeartbeatRequest> second = await NextAsync<HeartbeatRequest>();
        Assert.True(second.At - first.At >= Options.HeartbeatInterval, $"{second.At - first.At}");
        second.Answered();
        await CloseAsync(consumer, polling, leavesAs: "m");
    }

    [Fact]
    public async Task The_one_who_leads_assigns_for_all()
    {
        Consumer<None, long> consumer = Subscribed(Options);
        Task polling = PollAsync(consumer);
        (await NextAsync<JoinGroupRequest>()).JoinedAsLeader(generation: 1);

        Asked<SyncGroupRequest> sync = await NextAsync<SyncGroupRequest>();
        SyncGroupRequest.SyncGroupRequestAssignment only = Assert.Single(sync.Request.Assignments);
        Assert.Equal("m", only.MemberId);
        Assert.Equal([Partition(0), Partition(1)], MemberMessages.ReadAssignment(only.Assignment));
        sync.Assigned(0, 1);
        (await NextAsync<HeartbeatRequest>()).Answered();
        await CloseAsync(consumer, polling, leavesAs: "m");
    }

    [Fact]
    public async Task In_a_rebalance_it_gives_up_what_it_has_before_it_joins_again_under_its_name()
    {
        Consumer<None, long> consumer = Subscribed(Options);
        Task polling = await JoinAsync(consumer, generation: 1, 0, 1);
        (await NextAsync<HeartbeatRequest>()).Answered(ErrorCode.RebalanceInProgress);

        Asked<JoinGroupRequest> again = await NextAsync<JoinGroupRequest>();
        Assert.Equal("m", again.Request.MemberId);
        Assert.Empty(_listener.Owned);
        Assert.Empty(_listener.Lost);
        again.Joined(generation: 2);
        (await NextAsync<SyncGroupRequest>()).Assigned(1);
        Asked<HeartbeatRequest> beat = await NextAsync<HeartbeatRequest>();
        Assert.Equal(2, beat.Request.GenerationId);
        Assert.Equal([Partition(1)], _listener.Owned);
        await CloseAsync(consumer, polling, leavesAs: "m");
    }

    [Theory]
    [InlineData(ErrorCode.IllegalGeneration, "m")]
    [InlineData(ErrorCode.UnknownMemberId, "")]
    public async Task One_that_the_group_went_on_without_loses_its_partitions_and_joins_again(ErrorCode error, string name)
    {
        Consumer<None, long> consumer = Subscribed(Options);
        Task polling = await JoinAsync(consumer, generation: 1, 0);
        (await NextAsync<HeartbeatRequest>()).Answered(error);

        Asked<JoinGroupRequest> again = await NextAsync<JoinGroupRequest>();
        Assert.Equal(name, again.Request.MemberId);
        Assert.Equal([Partition(0)], _listener.Lost);
        again.Joined(generation: 3, member: "n");
        (await NextAsync<SyncGroupRequest>()).Assigned(0);
        Assert.Equal((3, "n"), Place(await NextAsync<HeartbeatRequest>()));
        await CloseAsync(consumer, polling, leavesAs: "n");
    }

    [Fact]
    public async Task One_whose_lasting_name_another_took_says_so_at_every_poll_and_beats_no_more()
    {
        Consumer<None, long> consumer = Subscribed(Options with { GroupInstanceId = "me" });
        Task polling = await JoinAsync(consumer, generation: 1, 0);
        Asked<HeartbeatRequest> beat = await NextAsync<HeartbeatRequest>();
        Assert.Equal("me", beat.Request.GroupInstanceId);
        beat.Answered(ErrorCode.FencedInstanceId);

        Assert.Equal(ErrorCode.FencedInstanceId, (await Assert.ThrowsAsync<ConsumeException>(() => polling)).Error);
        Assert.Equal(ErrorCode.FencedInstanceId, (await Assert.ThrowsAsync<ConsumeException>(() => PollAsync(consumer))).Error);
        await CloseAsync(consumer, Task.CompletedTask, leavesAs: null);
    }

    [Fact]
    public async Task A_refused_join_is_told_to_the_poll_and_the_next_one_tries_again()
    {
        Consumer<None, long> consumer = Subscribed(Options);
        Task polling = PollAsync(consumer);
        (await NextAsync<JoinGroupRequest>()).Refused(ErrorCode.GroupAuthorizationFailed);
        Assert.Equal(ErrorCode.GroupAuthorizationFailed, (await Assert.ThrowsAsync<ConsumeException>(() => polling)).Error);

        polling = await JoinAsync(consumer, generation: 1, 0);
        (await NextAsync<HeartbeatRequest>()).Answered();
        await CloseAsync(consumer, polling, leavesAs: "m");
    }

    [Theory]
    [InlineData(ErrorCode.NotCoordinator, 2)]
    [InlineData(ErrorCode.CoordinatorNotAvailable, 2)]
    [InlineData(ErrorCode.CoordinatorLoadInProgress, 1)]
    public async Task A_coordinator_that_cannot_take_it_in_is_asked_again_after_a_pause_or_its_successor(ErrorCode error, int broker)
    {
        Consumer<None, long> consumer = Subscribed(Options);
        Task polling = PollAsync(consumer);
        Asked<JoinGroupRequest> refused = await NextAsync<JoinGroupRequest>();
        _cluster.Coordinator = 2;
        refused.Refused(error);

        Asked<JoinGroupRequest> again = await NextAsync<JoinGroupRequest>();
        Assert.Equal(broker, again.Broker.Port);
        Assert.True(again.At - refused.At >= Options.RetryBackoff, $"{again.At - refused.At}");
        again.Joined(generation: 1);
        (await NextAsync<SyncGroupRequest>()).Assigned(0);
        (await NextAsync<HeartbeatRequest>()).Answered();
        await CloseAsync(consumer, polling, leavesAs: "m");
    }

    [Fact]
    public async Task While_nobody_coordinates_it_asks_who_does_and_joins_when_somebody_does()
    {
        _cluster.Coordinator = null;
        Consumer<None, long> consumer = Subscribed(Options);
        Task polling = PollAsync(consumer);
        await _cluster.RunClockAsync(Task.Delay(TimeSpan.FromSeconds(1), _cluster.Time));
        Assert.False(polling.IsCompleted);

        _cluster.Coordinator = 2;
        Assert.Equal(2, (await NextAsync<JoinGroupRequest>()).Broker.Port);
        await CloseAsync(consumer, polling, leavesAs: null);
    }

    [Theory]
    [InlineData(ErrorCode.RebalanceInProgress)]
    [InlineData(ErrorCode.IllegalGeneration)]
    [InlineData(ErrorCode.UnknownMemberId)]
    [InlineData(ErrorCode.NotCoordinator)]
    public async Task One_that_gets_no_assignment_joins_again(ErrorCode error)
    {
        Consumer<None, long> consumer = Subscribed(Options);
        Task polling = PollAsync(consumer);
        (await NextAsync<JoinGroupRequest>()).Joined(generation: 1);
        (await NextAsync<SyncGroupRequest>()).Refused(error);

        Asked<JoinGroupRequest> again = await NextAsync<JoinGroupRequest>();
        Assert.Equal("m", again.Request.MemberId);
        again.Joined(generation: 2);
        (await NextAsync<SyncGroupRequest>()).Assigned(0);
        Assert.Equal((2, "m"), Place(await NextAsync<HeartbeatRequest>()));
        await CloseAsync(consumer, polling, leavesAs: "m");
    }

    [Theory]
    [InlineData(ErrorCode.NotCoordinator)]
    [InlineData(ErrorCode.CoordinatorNotAvailable)]
    public async Task When_its_coordinator_moves_it_beats_there_and_keeps_its_partitions(ErrorCode error)
    {
        Consumer<None, long> consumer = Subscribed(Options);
        Task polling = await JoinAsync(consumer, generation: 1, 0);
        Asked<HeartbeatRequest> old = await NextAsync<HeartbeatRequest>();
        _cluster.Coordinator = 2;
        old.Answered(error);

        await BeatsOnAt(broker: 2);
        await CloseAsync(consumer, polling, leavesAs: "m");
    }

    [Fact]
    public async Task A_broken_connection_is_no_reason_to_lose_anything()
    {
        Consumer<None, long> consumer = Subscribed(Options);
        Task polling = await JoinAsync(consumer, generation: 1, 0);
        (await NextAsync<HeartbeatRequest>()).Break();

        await BeatsOnAt(broker: 1);
        await CloseAsync(consumer, polling, leavesAs: "m");
    }

    [Fact]
    public async Task A_coordinator_that_is_silent_for_a_session_is_looked_for_anew()
    {
        Consumer<None, long> consumer = Subscribed(Options);
        Task polling = await JoinAsync(consumer, generation: 1, 0);
        Asked<HeartbeatRequest> unanswered = await NextAsync<HeartbeatRequest>();
        _cluster.Coordinator = 2;

        DateTimeOffset again = await BeatsOnAt(broker: 2);
        Assert.True(again - unanswered.At >= Options.SessionTimeout, $"{again - unanswered.At}");
        await CloseAsync(consumer, polling, leavesAs: "m");
    }

    [Fact]
    public async Task One_that_does_not_poll_in_time_leaves_and_comes_back_with_its_next_poll()
    {
        Consumer<None, long> consumer = Subscribed(Options with { MaxPollInterval = TimeSpan.FromSeconds(2) });
        Task polling = await JoinAsync(consumer, generation: 1, 0);
        Asked<HeartbeatRequest> beat = await NextAsync<HeartbeatRequest>();
        beat.Answered();
        consumer.Wakeup();
        await Assert.ThrowsAsync<WakeupException>(() => polling);

        Task<Asked<LeaveGroupRequest>> leaving = NextAsync<LeaveGroupRequest>();
        Asked<LeaveGroupRequest> left = await AnsweringBeatsUntil(leaving);
        Assert.True(left.At - beat.At >= TimeSpan.FromSeconds(1), $"{left.At - beat.At}");
        Assert.Equal("m", Assert.Single(left.Request.Members).MemberId);
        left.Answered();

        polling = PollAsync(consumer);
        Asked<JoinGroupRequest> again = await NextAsync<JoinGroupRequest>();
        Assert.Equal("", again.Request.MemberId);
        Assert.Equal([Partition(0)], _listener.Lost);
        await CloseAsync(consumer, polling, leavesAs: null);
    }

    [Theory]
    [InlineData(ErrorCode.RebalanceInProgress)]
    [InlineData(ErrorCode.IllegalGeneration)]
    [InlineData(ErrorCode.UnknownMemberId)]
    public async Task A_commit_that_the_group_has_gone_on_past_fails_and_says_so(ErrorCode error)
    {
        Consumer<None, long> consumer = Subscribed(Options);
        Task polling = await JoinAsync(consumer, generation: 1, 0);
        consumer.Wakeup();
        await Assert.ThrowsAsync<WakeupException>(() => polling);
        Task committing = CommitAsync(consumer);
        Asked<OffsetCommitRequest> commit = await NextAsync<OffsetCommitRequest>();
        Assert.Equal((1, "m"), (commit.Request.GenerationIdOrMemberEpoch, commit.Request.MemberId));
        commit.Answered(error);

        ConsumeException refused = await Assert.ThrowsAsync<ConsumeException>(() => committing);
        Assert.Equal(error, refused.Error);
        Assert.Contains("moved on", refused.Message, StringComparison.Ordinal);
        await CloseAsync(consumer, Task.CompletedTask, leavesAs: "m");
    }

    [Fact]
    public async Task A_commit_follows_its_coordinator()
    {
        Consumer<None, long> consumer = Subscribed(Options);
        Task polling = await JoinAsync(consumer, generation: 1, 0);
        consumer.Wakeup();
        await Assert.ThrowsAsync<WakeupException>(() => polling);
        Task committing = CommitAsync(consumer);
        Asked<OffsetCommitRequest> commit = await NextAsync<OffsetCommitRequest>();
        _cluster.Coordinator = 2;
        commit.Answered(ErrorCode.NotCoordinator);

        Asked<OffsetCommitRequest> again = await NextAsync<OffsetCommitRequest>();
        Assert.Equal(2, again.Broker.Port);
        again.Answered();
        await committing;
        await CloseAsync(consumer, Task.CompletedTask, leavesAs: "m");
    }

    [Fact]
    public async Task A_poll_that_is_woken_while_it_joins_leaves_the_join_to_the_next_one()
    {
        Consumer<None, long> consumer = Subscribed(Options);
        Task polling = PollAsync(consumer);
        Asked<JoinGroupRequest> join = await NextAsync<JoinGroupRequest>();
        consumer.Wakeup();
        await Assert.ThrowsAsync<WakeupException>(() => polling);

        join.Joined(generation: 1);
        (await NextAsync<SyncGroupRequest>()).Assigned(0);
        polling = PollAsync(consumer);
        Assert.Equal((1, "m"), Place(await NextAsync<HeartbeatRequest>()));
        Assert.Equal([Partition(0)], _listener.Owned);
        await CloseAsync(consumer, polling, leavesAs: "m");
    }

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, "m")]
    public async Task Closing_while_it_joins_ends_the_join_and_leaves_if_the_group_knows_it(bool isNameless, string? leavesAs)
    {
        Consumer<None, long> consumer = Subscribed(Options);
        Task polling = PollAsync(consumer);
        Asked<JoinGroupRequest> join = await NextAsync<JoinGroupRequest>();
        if (!isNameless)
        {
            join.Refused(ErrorCode.MemberIdRequired, member: "m");
            await NextAsync<JoinGroupRequest>();
        }

        await CloseAsync(consumer, polling, leavesAs);
    }

    [Fact]
    public async Task One_with_a_lasting_name_goes_without_leaving()
    {
        Consumer<None, long> consumer = Subscribed(Options with { GroupInstanceId = "me" });
        Task polling = await JoinAsync(consumer, generation: 1, 0);
        await CloseAsync(consumer, polling, leavesAs: null);
    }

    private static TopicPartition Partition(int number) => new(ScriptedCluster.Topic, number);

    private static (int Generation, string Member) Place(Asked<HeartbeatRequest> beat) => (beat.Request.GenerationId, beat.Request.MemberId);

    private static Task CommitAsync(Consumer<None, long> consumer) =>
        consumer.CommitAsync(new Dictionary<TopicPartition, OffsetAndMetadata> { [Partition(0)] = new(new Offset(9)) });

    private Task<Asked<TRequest>> NextAsync<TRequest>() => _cluster.NextOfAsync<TRequest>();

    private Consumer<None, long> Subscribed(ConsumerOptions options)
    {
        Consumer<None, long> consumer = new(options, null, null, _cluster);
        consumer.Subscribe([ScriptedCluster.Topic], _listener);
        return consumer;
    }

    private static async Task PollAsync(Consumer<None, long> consumer) => (await consumer.PollAsync(TimeSpan.FromHours(1))).Dispose();

    /// <summary>Polls until it is a member that has these partitions, and goes on polling.</summary>
    private async Task<Task> JoinAsync(Consumer<None, long> consumer, int generation, params int[] partitions)
    {
        Task polling = PollAsync(consumer);
        (await NextAsync<JoinGroupRequest>()).Joined(generation);
        (await NextAsync<SyncGroupRequest>()).Assigned(partitions);

        // It asks where to begin once it has them.
        await NextAsync<OffsetFetchRequest>();
        Assert.Equal(partitions.Select(Partition).ToHashSet(), _listener.Owned);
        return polling;
    }

    /// <summary>The next beat goes to that broker, in the same generation, and nothing was lost.</summary>
    private async Task<DateTimeOffset> BeatsOnAt(int broker)
    {
        Asked<HeartbeatRequest> again = await NextAsync<HeartbeatRequest>();
        Assert.Equal(broker, again.Broker.Port);
        Assert.Equal((1, "m"), Place(again));
        Assert.Equal([Partition(0)], _listener.Owned);
        Assert.Empty(_listener.Lost);
        again.Answered();
        return again.At;
    }

    private async Task<T> AnsweringBeatsUntil<T>(Task<T> expected)
    {
        while (!expected.IsCompleted)
        {
            if (_cluster.TryTakeAside(out Asked<HeartbeatRequest>? beat)) beat!.Answered();
            await Task.WhenAny(expected, Task.Delay(1));
        }

        return await expected;
    }

    /// <summary>Closes the consumer, which has to leave its group under that name, or not to.</summary>
    private async Task CloseAsync(Consumer<None, long> consumer, Task polling, string? leavesAs)
    {
        if (!polling.IsCompleted)
        {
            consumer.Wakeup();
            await Assert.ThrowsAsync<WakeupException>(() => polling);
        }

        Task closing = consumer.DisposeAsync().AsTask();
        if (leavesAs is not null)
        {
            Asked<LeaveGroupRequest> last = await NextAsync<LeaveGroupRequest>();
            Assert.Equal(leavesAs, Assert.Single(last.Request.Members).MemberId);
            last.Answered();
        }

        await _cluster.RunClockAsync(closing);
        await closing;
        Assert.Empty(_listener.Owned);
        Assert.False(_cluster.HasAsked<LeaveGroupRequest>());
    }
}
