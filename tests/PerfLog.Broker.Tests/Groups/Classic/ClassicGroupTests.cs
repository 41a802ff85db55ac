using PerfLog.Broker.Groups;

namespace PerfLog.Broker.Tests.Groups;

public sealed class ClassicGroupTests
{
    private readonly GroupRig _rig = new();

    [Fact]
    public void A_newcomer_is_given_an_id_and_joins_with_it()
    {
        (string id, Task<JoinAnswer> answer) = _rig.JoinNew();

        _rig.Advance(GroupRig.DelayMs);

        JoinAnswer joined = GroupRig.Done(answer);
        Assert.Equal((ErrorCode.None, 1, id, id, "range", "consumer"),
            (joined.Error, joined.Generation, joined.MemberId, joined.Leader, joined.ProtocolName, joined.ProtocolType));
        Assert.Equal(id, Assert.Single(joined.Members).MemberId);
    }

    [Fact]
    public void An_old_client_joins_without_being_asked_to_come_back()
    {
        Task<JoinAnswer> answer = _rig.Join(version: 3);

        _rig.Advance(GroupRig.DelayMs);

        Assert.Equal(ErrorCode.None, GroupRig.Done(answer).Error);
    }

    [Fact]
    public void The_first_rebalance_waits_for_more_members_up_to_the_rebalance_timeout()
    {
        Task<JoinAnswer> first = _rig.Join(version: 3);
        List<Task<JoinAnswer>> all = [first];
        for (int waited = 0; waited < GroupRig.RebalanceMs - 2_000; waited += 2_000)
        {
            _rig.Advance(2_000);
            Assert.False(first.IsCompleted);
            all.Add(_rig.Join(version: 3));
        }

        _rig.Advance(2_000);

        Assert.All(all, static answer => Assert.Equal(1, GroupRig.Done(answer).Generation));
        Assert.Equal(all.Count, GroupRig.Done(first).Members.Count);
    }

    [Fact]
    public void Only_the_leader_learns_of_the_members()
    {
        JoinAnswer[] joined = _rig.MakeStable(3);

        Assert.Equal(3, Assert.Single(joined, static one => one.Members.Count > 0).Members.Count);
        Assert.Single(joined.Select(static one => one.Leader).Distinct());
    }

    [Fact]
    public void Everyone_gets_what_the_leader_assigned_once_it_is_written()
    {
        _rig.WritesAtOnce = false;
        Task<JoinAnswer> first = _rig.Join(version: 3), second = _rig.Join(version: 3);
        _rig.Advance(GroupRig.DelayMs * 2);
        JoinAnswer leader = GroupRig.Done(first), follower = GroupRig.Done(second);

        Task<SyncAnswer> ofFollower = _rig.Sync(follower);
        Task<SyncAnswer> ofLeader = _rig.Sync(leader, (leader.MemberId, [1]), (follower.MemberId, [2]));

        Assert.False(ofFollower.IsCompleted || ofLeader.IsCompleted, "Answered before it was written.");
        _rig.WriteOne(ErrorCode.None);
        Assert.Equal([1], GroupRig.Done(ofLeader).Assignment);
        Assert.Equal([2], GroupRig.Done(ofFollower).Assignment);
        Assert.Equal(ClassicState.Stable, _rig.Group.State);
    }

    [Fact]
    public void A_member_that_the_leader_forgot_gets_nothing()
    {
        Task<JoinAnswer> first = _rig.Join(version: 3), second = _rig.Join(version: 3);
        _rig.Advance(GroupRig.DelayMs * 2);

        Task<SyncAnswer> forgotten = _rig.Sync(GroupRig.Done(second));
        _rig.Sync(GroupRig.Done(first), (GroupRig.Done(first).MemberId, [1]));

        Assert.Empty(GroupRig.Done(forgotten).Assignment);
        Assert.Equal(ErrorCode.None, GroupRig.Done(forgotten).Error);
    }

    [Fact]
    public void An_assignment_that_cannot_be_written_sends_everyone_back_to_join()
    {
        Task<JoinAnswer> first = _rig.Join(version: 3);
        _rig.Advance(GroupRig.DelayMs);
        _rig.DiskError = ErrorCode.NotCoordinator;

        SyncAnswer answer = GroupRig.Done(_rig.Sync(GroupRig.Done(first), (GroupRig.Done(first).MemberId, [1])));

        Assert.Equal(ErrorCode.NotCoordinator, answer.Error);
        Assert.Equal(ErrorCode.RebalanceInProgress, _rig.Heartbeat(GroupRig.Done(first).MemberId, 1));
    }

    [Fact]
    public void A_newcomer_sends_the_others_back_to_join_by_their_heartbeats()
    {
        JoinAnswer[] old = _rig.MakeStable(2);

        (_, Task<JoinAnswer> newcomer) = _rig.JoinNew();

        Assert.Equal(ErrorCode.RebalanceInProgress, _rig.Heartbeat(old[0].MemberId, 1));
        Task<JoinAnswer>[] again = [.. old.Select(one => _rig.Join(one.MemberId))];
        Assert.All((Task<JoinAnswer>[])[newcomer, .. again], static answer => Assert.Equal(2, GroupRig.Done(answer).Generation));
    }

    [Fact]
    public void Who_does_not_join_again_in_time_is_no_member_any_more()
    {
        JoinAnswer[] old = _rig.MakeStable(2);
        (_, Task<JoinAnswer> newcomer) = _rig.JoinNew();
        Task<JoinAnswer> again = _rig.Join(old[0].MemberId);
        for (int waited = 0; waited < GroupRig.RebalanceMs; waited += 5_000)
        {
            // The silent one lives, but it does not come.
            _rig.Heartbeat(old[1].MemberId, 1);
            Assert.False(again.IsCompleted);
            _rig.Advance(5_000);
        }

        Assert.Equal(2, GroupRig.Done(newcomer).Generation);
        Assert.Equal(ErrorCode.UnknownMemberId, _rig.Heartbeat(old[1].MemberId, 1));
    }

    [Fact]
    public void A_member_that_is_not_heard_of_is_missed_after_its_session_timeout()
    {
        JoinAnswer[] members = _rig.MakeStable(2);
        _rig.Advance(GroupRig.SessionMs - 1);
        Assert.Equal(ErrorCode.None, _rig.Heartbeat(members[0].MemberId, 1));

        _rig.Advance(1);

        Assert.Equal(ErrorCode.RebalanceInProgress, _rig.Heartbeat(members[0].MemberId, 1));
        Assert.Equal(ErrorCode.UnknownMemberId, _rig.Heartbeat(members[1].MemberId, 1));
    }

    [Fact]
    public void A_commit_shows_that_a_member_lives()
    {
        JoinAnswer member = _rig.MakeStable(1)[0];
        _rig.Advance(GroupRig.SessionMs - 1);
        _rig.Commit(member.MemberId, 1);

        _rig.Advance(GroupRig.SessionMs - 1);

        Assert.Equal(ErrorCode.None, _rig.Heartbeat(member.MemberId, 1));
    }

    [Fact]
    public void A_leader_that_never_assigns_is_put_out_with_all_who_did_not_ask()
    {
        Task<JoinAnswer> first = _rig.Join(version: 3), second = _rig.Join(version: 3);
        _rig.Advance(GroupRig.DelayMs * 2);
        JoinAnswer leader = GroupRig.Done(first), follower = GroupRig.Done(second);
        Task<SyncAnswer> waiting = _rig.Sync(follower);
        for (int waited = 0; waited < GroupRig.RebalanceMs; waited += 5_000)
        {
            Assert.Equal(ErrorCode.None, _rig.Heartbeat(leader.MemberId, 1));
            _rig.Advance(5_000);
        }

        Assert.Equal(ErrorCode.RebalanceInProgress, GroupRig.Done(waiting).Error);
        Assert.Equal(ErrorCode.UnknownMemberId, _rig.Heartbeat(leader.MemberId, 1));
        Assert.Equal(follower.MemberId, GroupRig.Done(_rig.Join(follower.MemberId)).Leader);
    }

    [Fact]
    public void The_last_one_to_leave_empties_the_group_and_that_is_written()
    {
        JoinAnswer[] members = _rig.MakeStable(2);

        Assert.Equal(ErrorCode.None, _rig.Leave(members[0].MemberId));
        Assert.Equal(ErrorCode.None, _rig.Leave(members[1].MemberId));

        Assert.Equal(ClassicState.Empty, _rig.Group.State);
        Assert.Empty(_rig.Written!.Members);
        Assert.Equal(_rig.Group.Generation, _rig.Written.Generation);
        Assert.Equal(_rig.NowMs, _rig.Group.EmptySince!.Value.Value);
        Assert.Equal(Moment.Never, _rig.Group.NextDeadlineTick);
    }

    [Fact]
    public void A_member_with_the_subscription_of_before_gets_the_generation_that_stands()
    {
        JoinAnswer[] members = _rig.MakeStable(2);
        JoinAnswer follower = members.Single(static one => one.Leader != one.MemberId);

        JoinAnswer again = GroupRig.Done(_rig.Join(follower.MemberId));

        Assert.Equal((1, 0), (again.Generation, again.Members.Count));
        Assert.Equal(ClassicState.Stable, _rig.Group.State);
    }

    [Fact]
    public void A_leader_that_joins_again_has_the_group_come_together_anew()
    {
        JoinAnswer leader = _rig.MakeStable(2).Single(static one => one.Leader == one.MemberId);

        Assert.False(_rig.Join(leader.MemberId).IsCompleted);

        Assert.Equal(ClassicState.PreparingRebalance, _rig.Group.State);
    }

    [Fact]
    public void Wrong_generations_members_and_protocols_are_told_so()
    {
        string member = _rig.MakeStable(1)[0].MemberId;

        Assert.Equal(ErrorCode.IllegalGeneration, _rig.Heartbeat(member, 0));
        Assert.Equal(ErrorCode.IllegalGeneration, _rig.Heartbeat(member, 2));
        Assert.Equal(ErrorCode.UnknownMemberId, _rig.Heartbeat("somebody", 1));
        Assert.Equal(ErrorCode.IllegalGeneration, GroupRig.Done(_rig.Sync(member, 7)).Error);
        Assert.Equal(ErrorCode.IllegalGeneration, _rig.Commit(member, 0));
        Assert.Equal(ErrorCode.UnknownMemberId, _rig.Commit("somebody", 1));
        Assert.Equal(ErrorCode.UnknownMemberId, _rig.Commit("", -1));
        Assert.Equal(ErrorCode.UnknownMemberId, GroupRig.Done(_rig.Join("somebody")).Error);
        Assert.Equal(ErrorCode.UnknownMemberId, _rig.Leave("somebody"));
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, GroupRig.Done(_rig.Join(protocols: ["roundrobin"])).Error);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, GroupRig.Done(_rig.Join(type: "connect")).Error);
        Assert.Equal(ErrorCode.None, _rig.Heartbeat(member, 1));
    }

    [Fact]
    public void Without_members_anybody_may_commit_and_with_members_only_they()
    {
        Assert.Equal(ErrorCode.None, _rig.Commit("", -1));
        string member = _rig.MakeStable(1)[0].MemberId;
        Assert.Equal(ErrorCode.UnknownMemberId, _rig.Commit("", -1));
        Assert.Equal(ErrorCode.None, _rig.Commit(member, 1));
    }

    [Fact]
    public void A_commit_between_joining_and_assignment_is_sent_back()
    {
        Task<JoinAnswer> join = _rig.Join(version: 3);
        _rig.Advance(GroupRig.DelayMs);

        Assert.Equal(ErrorCode.RebalanceInProgress, _rig.Commit(GroupRig.Done(join).MemberId, 1));
    }

    [Fact]
    public void The_protocol_that_most_prefer_of_those_that_all_support_is_chosen()
    {
        Task<JoinAnswer> one = _rig.Join(version: 3, protocols: ["sticky", "range", "roundrobin"]);
        _rig.Join(version: 3, protocols: ["roundrobin", "range"]);
        _rig.Join(version: 3, protocols: ["roundrobin", "range"]);

        _rig.Advance(GroupRig.DelayMs * 2);

        Assert.Equal("roundrobin", GroupRig.Done(one).ProtocolName);
    }

    [Fact]
    public void A_full_group_takes_nobody_in_and_goes_on()
    {
        var rig = new GroupRig(new ClassicGroupSettings { InitialRebalanceDelayMs = GroupRig.DelayMs, MembersMax = 2 });
        JoinAnswer[] members = rig.MakeStable(2);

        Assert.Equal(ErrorCode.GroupMaxSizeReached, GroupRig.Done(rig.Join()).Error);

        Assert.Equal(ErrorCode.None, rig.Heartbeat(members[0].MemberId, 1));
        Assert.Equal(ErrorCode.None, rig.Heartbeat(members[1].MemberId, 1));
    }

    [Fact]
    public void An_id_that_nobody_comes_back_with_holds_a_rebalance_up_no_longer_than_a_session()
    {
        JoinAnswer member = _rig.MakeStable(1)[0];
        _rig.Join();
        Task<JoinAnswer> again = _rig.Join(member.MemberId);
        Assert.False(again.IsCompleted);

        _rig.Advance(GroupRig.SessionMs);

        Assert.Equal(2, GroupRig.Done(again).Generation);
    }

    [Fact]
    public void The_last_rebalance_is_remembered_with_its_reason_and_length()
    {
        _rig.MakeStable(1);
        RebalanceReport? last = _rig.Group.History.Last;

        Assert.NotNull(last);
        Assert.Equal((1, GroupRig.DelayMs * 2), (last.Generation, last.TookMs));
        Assert.Contains("joined", last.Reason);
    }
}
