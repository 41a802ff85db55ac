using PerfLog.Broker.Groups;

namespace PerfLog.Broker.Tests.Groups.Consumer;

public sealed class ConsumerGroupTests
{
    private readonly ScriptedTopics _topics = new ScriptedTopics().With("a", 4);
    private readonly ScriptedGroup _group;

    public ConsumerGroupTests() => _group = new ScriptedGroup(_topics);

    [Fact]
    public void The_first_member_gets_everything_with_its_first_answer()
    {
        ScriptedMember member = _group.Join("1", "a");

        Assert.Equal((1, 4, 5000), (member.Epoch, member.Owned.Count, member.Last.HeartbeatIntervalMs));
        Assert.Equal(ConsumerGroupState.Stable, _group.Group.State);
    }

    [Fact]
    public void A_partition_is_given_only_when_its_former_owner_gave_it_up()
    {
        ScriptedMember first = _group.Join("1", "a");
        first.IsSlow = true;
        ScriptedMember second = _group.Join("2", "a");
        Assert.Equal(0, second.Owned.Count);
        Assert.True(second.Last.HeartbeatIntervalMs < 5000);

        Assert.Equal(2, _group.Beat(first).Assignment!.Count);
        Assert.Equal(1, first.Epoch);
        _group.Beat(second);
        Assert.Equal(0, second.Owned.Count);

        first.Settle();
        _group.Beat(first);
        Assert.Equal(2, first.Epoch);
        _group.Beat(second);
        Assert.Equal(2, second.Owned.Count);
        Assert.Equal(ConsumerGroupState.Stable, _group.Group.State);
    }

    [Fact]
    public void An_unchanged_assignment_is_told_only_to_who_says_everything()
    {
        ScriptedMember member = _group.Join("1", "a");

        Assert.Null(_group.Send(member.IdleCall()).Assignment);
        Assert.Equal(4, _group.Beat(member).Assignment!.Count);
    }

    [Fact]
    public void An_idle_heartbeat_writes_and_allocates_nothing()
    {
        ScriptedMember member = _group.Join("1", "a");
        int records = _group.Log.Count;
        Moment now = _group.Now;
        Assert.True(_group.Group.TryAnswerIdle(new MemberClaim(member.Id, null, member.Epoch), _topics, now, out _));

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int beat = 0; beat < 1000; beat++) _group.Group.TryAnswerIdle(new MemberClaim(member.Id, null, member.Epoch), _topics, now, out _);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(records, _group.Log.Count);
        Assert.False(_group.Group.TryTakeWrite(out _));
    }

    [Fact]
    public void An_idle_heartbeat_is_not_enough_when_something_is_to_be_told()
    {
        ScriptedMember member = _group.Join("1", "a");
        Assert.False(_group.Group.TryAnswerIdle(new MemberClaim("2", null, member.Epoch), _topics, _group.Now, out _));
        Assert.False(_group.Group.TryAnswerIdle(new MemberClaim("1", null, member.Epoch + 1), _topics, _group.Now, out _));
        _topics.Set("a", 5);
        Assert.False(_group.Group.TryAnswerIdle(new MemberClaim("1", null, member.Epoch), _topics, _group.Now, out _));
        _group.Beat(member);
        Assert.Equal(5, member.Owned.Count);
        _group.Join("2", "a");
        Assert.False(_group.Group.TryAnswerIdle(new MemberClaim("1", null, member.Epoch), _topics, _group.Now, out _));
    }

    [Fact]
    public void Unknown_members_and_wrong_epochs_are_fenced_and_the_group_goes_on()
    {
        ScriptedMember member = _group.Join("1", "a");

        Assert.Equal(ErrorCode.UnknownMemberId, _group.Send(new HeartbeatCall { MemberId = "x", Epoch = 1 }).Error);
        Assert.Equal(ErrorCode.UnknownMemberId, _group.Send(new HeartbeatCall { MemberId = "x", Epoch = -1 }).Error);
        Assert.Equal(ErrorCode.FencedMemberEpoch, _group.Send(member.IdleCall() with { Epoch = 2 }).Error);
        _topics.Set("a", 5);
        _group.Beat(member);
        Assert.Equal(ErrorCode.FencedMemberEpoch, _group.Send(member.IdleCall() with { Epoch = 1 }).Error);
        Assert.Equal(ErrorCode.None, _group.Beat(member).Error);
    }

    [Fact]
    public void A_member_whose_answer_was_lost_goes_on_with_its_former_epoch()
    {
        ScriptedMember member = _group.Join("1", "a");
        _topics.Set("a", 5);
        _group.Send(member.NextCall());

        HeartbeatAnswer answer = _group.Beat(member);

        Assert.Equal((ErrorCode.None, 2, 5), (answer.Error, answer.Epoch, answer.Assignment!.Count));
    }

    [Fact]
    public void A_fenced_member_joins_again_under_its_id()
    {
        ScriptedMember member = _group.Join("1", "a");
        member.Reset();

        HeartbeatAnswer answer = _group.Beat(member);

        Assert.Equal((ErrorCode.None, 4), (answer.Error, answer.Assignment!.Count));
        Assert.Single(_group.Group.Members.All);
    }

    [Fact]
    public void A_silent_member_loses_its_partitions_after_its_session()
    {
        _group.Join("1", "a");
        ScriptedMember second = _group.Join("2", "a");
        _group.Pass(_group.Settings.SessionTimeoutMs - 1);
        Assert.Equal(2, _group.Group.Members.Count);
        _group.Beat(second);
        _group.Pass(1);
        _group.Beat(second);

        Assert.Equal(4, second.Owned.Count);
        Assert.Single(_group.Group.Members.All);
    }

    [Fact]
    public void A_member_that_does_not_give_up_in_its_rebalance_time_is_removed()
    {
        ScriptedMember first = _group.Join("1", "a");
        (first.IsSlow, first.RebalanceTimeoutMs) = (true, 10_000);
        ScriptedMember second = _group.Join("2", "a");
        _group.Beat(first);
        _group.Pass(9_999);
        Assert.Equal(ErrorCode.None, _group.Beat(first).Error);
        _group.Pass(1);

        Assert.Equal(ErrorCode.UnknownMemberId, _group.Beat(first).Error);
        _group.Beat(second);
        Assert.Equal(4, second.Owned.Count);
    }

    [Fact]
    public void A_static_member_finds_its_partitions_again_under_a_new_id()
    {
        var former = new ScriptedMember("1", "i1") { TopicNames = ["a"] };
        _group.Beat(former);
        ScriptedMember other = _group.Join("2", "a");
        _group.Converge([former, other]);
        PartitionSet had = former.Owned;
        int epoch = _group.Group.Epoch;

        var newcomer = new ScriptedMember("3", "i1") { TopicNames = ["a"] };
        Assert.Equal(ErrorCode.UnreleasedInstanceId, _group.Beat(newcomer).Error);
        Assert.Equal(ConsumerMember.AwayEpoch, _group.Leave(former, ConsumerMember.AwayEpoch).Epoch);
        _group.Beat(newcomer);

        Assert.Equal(had, newcomer.Owned);
        Assert.Equal(epoch, _group.Group.Epoch);
        Assert.Equal(ErrorCode.FencedInstanceId, _group.Send(new HeartbeatCall { MemberId = "1", InstanceId = "i1", Epoch = epoch }).Error);
    }

    [Fact]
    public void A_static_member_that_stays_away_is_given_up()
    {
        var away = new ScriptedMember("1", "i1") { TopicNames = ["a"] };
        _group.Beat(away);
        _group.Leave(away, ConsumerMember.AwayEpoch);
        ScriptedMember other = _group.Join("2", "a");
        Assert.Equal(0, other.Owned.Count);
        _group.Pass(_group.Settings.SessionTimeoutMs - 1);
        _group.Beat(other);
        _group.Pass(1);
        _group.Beat(other);

        Assert.Equal(4, other.Owned.Count);
    }

    [Fact]
    public void Assignors_expressions_and_sizes_that_cannot_be_are_refused()
    {
        var group = new ScriptedGroup(_topics, new ConsumerGroupSettings { MembersMax = 1 });
        Assert.Equal(ErrorCode.UnsupportedAssignor, group.Beat(new ScriptedMember("1") { TopicNames = ["a"], Assignor = "none" }).Error);
        Assert.Equal(ErrorCode.InvalidRegularExpression, group.Beat(new ScriptedMember("1") { TopicRegex = "(a" }).Error);
        Assert.Equal(0, group.Group.Members.Count);
        group.Join("1", "a");
        Assert.Equal(ErrorCode.GroupMaxSizeReached, group.Beat(new ScriptedMember("2") { TopicNames = ["a"] }).Error);
    }

    [Fact]
    public void A_new_topic_that_matches_is_assigned()
    {
        var member = new ScriptedMember("1") { TopicRegex = "a.*" };
        _group.Beat(member);
        _topics.Set("ab", 2);
        _topics.Set("b", 2);
        _group.Beat(member);
        Assert.Equal(4, member.Owned.Count);
        _group.Pass(_group.Settings.RegexIntervalMs);
        _group.Beat(member);

        Assert.Equal(6, member.Owned.Count);
        Assert.True(_group.Group.IsSubscribedTo("ab"));
        Assert.False(_group.Group.IsSubscribedTo("b"));
    }

    [Fact]
    public void Offsets_are_for_members_of_this_epoch_alone()
    {
        Assert.Equal(ErrorCode.None, _group.Group.CheckCommit(new MemberClaim("", null, -1), _group.Now));
        _group.Join("1", "a");
        Assert.Equal(ErrorCode.None, _group.Group.CheckCommit(new MemberClaim("1", null, 1), _group.Now));
        Assert.Equal(ErrorCode.StaleMemberEpoch, _group.Group.CheckCommit(new MemberClaim("1", null, 0), _group.Now));
        Assert.Equal(ErrorCode.UnknownMemberId, _group.Group.CheckCommit(new MemberClaim("2", null, 1), _group.Now));
        Assert.Equal(ErrorCode.UnknownMemberId, _group.Group.CheckCommit(new MemberClaim("", null, -1), _group.Now));
        Assert.Equal(ErrorCode.None, _group.Group.CheckFetch(new MemberClaim("", null, -1)));
        Assert.Equal(ErrorCode.StaleMemberEpoch, _group.Group.CheckFetch(new MemberClaim("1", null, 7)));
    }

    [Fact]
    public void A_group_is_loaded_as_it_was_and_nobody_notices()
    {
        ScriptedMember[] members = [_group.Join("1", "a"), _group.Join("2", "a")];
        _group.Converge(members);
        int epoch = _group.Group.Epoch;

        _group.Reload();

        Assert.Null(_group.Group.IsSubscribedTo("a"));
        Assert.Equal(ErrorCode.None, _group.Send(members[0].IdleCall()).Error);
        Assert.Equal(epoch, _group.Group.Epoch);
        Assert.True(_group.Group.IsSubscribedTo("a"));
    }

    [Fact]
    public void Tombstones_leave_nothing_behind()
    {
        _group.Beat(new ScriptedMember("1") { TopicRegex = "a.*" });
        ScriptedMember other = _group.Join("2", "a");
        _group.Leave(other);
        string[] forgotten = [.. _group.Group.Tombstones().Select(Key).Order(StringComparer.Ordinal)];

        Assert.Equal(_group.Log.Select(Key).Order(StringComparer.Ordinal), forgotten);
    }

    [Fact]
    public void A_hundred_members_have_their_partitions_after_two_rounds()
    {
        _topics.Set("a", 1000);
        List<ScriptedMember> members = [];
        for (int number = 0; number < 100; number++) members.Add(_group.Join($"{number}", "a"));
        foreach (int _ in Enumerable.Range(0, 2))
            foreach (ScriptedMember member in members) _group.Beat(member);

        Assert.Equal(ConsumerGroupState.Stable, _group.Group.State);
        Assert.All(members, static member => Assert.Equal(10, member.Owned.Count));
    }

    private static string Key(GroupRecord record) =>
        record.Type + ":" + Convert.ToHexString(ImageRecords.Bytes(record.Key, GroupRecord.KeyVersion));
}
