using PerfLog.Broker.Groups;

namespace PerfLog.Broker.Tests.Groups;

public sealed class StaticMemberTests
{
    private readonly GroupRig _rig = new();

    [Fact]
    public void One_that_comes_back_keeps_its_place_without_a_rebalance()
    {
        (JoinAnswer leader, JoinAnswer follower) = MakeStable();

        JoinAnswer back = GroupRig.Done(_rig.Join(instance: "b"));

        Assert.NotEqual(follower.MemberId, back.MemberId);
        Assert.Equal((ErrorCode.None, 1, leader.MemberId), (back.Error, back.Generation, back.Leader));
        Assert.Equal(ClassicState.Stable, _rig.Group.State);
        Assert.Equal([2], GroupRig.Done(_rig.Sync(back)).Assignment);
        Assert.Contains(_rig.Written!.Members, member => member.MemberId == back.MemberId && member.GroupInstanceId == "b");
    }

    [Fact]
    public void The_former_one_is_fenced_in_whatever_it_asks()
    {
        (_, JoinAnswer follower) = MakeStable();
        _rig.Join(instance: "b");

        Assert.Equal(ErrorCode.FencedInstanceId, _rig.Heartbeat(follower.MemberId, 1, "b"));
        Assert.Equal(ErrorCode.FencedInstanceId, _rig.Commit(follower.MemberId, 1, "b"));
        Assert.Equal(ErrorCode.FencedInstanceId, GroupRig.Done(_rig.Join(follower.MemberId, "b")).Error);
        Assert.Equal(ErrorCode.FencedInstanceId, _rig.Leave(follower.MemberId, "b"));
    }

    [Fact]
    public void The_former_one_that_waits_is_told_at_once()
    {
        MakeStable();
        Task<JoinAnswer> waiting = _rig.Join(instance: "b", metadata: Subscription.Of("t", "u"));
        Assert.False(waiting.IsCompleted);

        _rig.Join(instance: "b");

        Assert.Equal(ErrorCode.FencedInstanceId, GroupRig.Done(waiting).Error);
    }

    [Fact]
    public void A_leader_that_comes_back_is_told_to_skip_the_assignment_if_it_understands_that()
    {
        MakeStable();

        JoinAnswer back = GroupRig.Done(_rig.Join(instance: "a"));

        Assert.True(back.SkipAssignment);
        Assert.Equal(back.MemberId, back.Leader);
        Assert.Equal(2, back.Members.Count);
        JoinAnswer older = GroupRig.Done(_rig.Join(instance: "a", version: 8));
        Assert.False(older.SkipAssignment);
        Assert.NotEqual(older.MemberId, older.Leader);
        Assert.Equal([1], GroupRig.Done(_rig.Sync(older)).Assignment);
    }

    [Fact]
    public void One_that_wants_other_topics_has_the_group_come_together_anew()
    {
        MakeStable();

        Assert.False(_rig.Join(instance: "b", metadata: Subscription.Of("t", "u")).IsCompleted);

        Assert.Equal(ClassicState.PreparingRebalance, _rig.Group.State);
    }

    [Fact]
    public void One_whose_new_id_cannot_be_written_keeps_its_old_one()
    {
        (_, JoinAnswer follower) = MakeStable();
        _rig.DiskError = ErrorCode.CoordinatorNotAvailable;

        Assert.Equal(ErrorCode.CoordinatorNotAvailable, GroupRig.Done(_rig.Join(instance: "b")).Error);

        Assert.Equal(ErrorCode.None, _rig.Heartbeat(follower.MemberId, 1, "b"));
    }

    [Fact]
    public void One_that_is_away_is_missed_after_its_session_timeout_only()
    {
        (JoinAnswer leader, _) = MakeStable();

        _rig.Advance(GroupRig.SessionMs - 1);
        Assert.Equal(ErrorCode.None, _rig.Heartbeat(leader.MemberId, 1, "a"));
        _rig.Advance(1);

        Assert.Equal(ErrorCode.RebalanceInProgress, _rig.Heartbeat(leader.MemberId, 1, "a"));
        Assert.Single(_rig.Group.Members.All);
    }

    [Fact]
    public void An_administrator_removes_one_by_its_instance_alone()
    {
        MakeStable();

        Assert.Equal(ErrorCode.None, _rig.Leave("", "b"));
        Assert.Equal(ErrorCode.UnknownMemberId, _rig.Leave("", "b"));

        Assert.Single(_rig.Group.Members.All);
    }

    [Fact]
    public void One_that_is_away_while_others_join_keeps_its_place_in_the_next_generation()
    {
        (JoinAnswer leader, _) = MakeStable();
        _rig.JoinNew();
        Task<JoinAnswer> again = _rig.Join(leader.MemberId, "a", sessionMs: 60_000);
        _rig.Group.Members.FindStatic("b")!.SessionTimeoutMs = 60_000;

        _rig.Advance(GroupRig.RebalanceMs);

        Assert.Equal(2, GroupRig.Done(again).Generation);
        Assert.Contains(GroupRig.Done(again).Members, static member => member.InstanceId == "b");
    }

    private (JoinAnswer Leader, JoinAnswer Follower) MakeStable()
    {
        Task<JoinAnswer> a = _rig.Join(instance: "a"), b = _rig.Join(instance: "b");
        _rig.Advance(GroupRig.DelayMs * 2);
        (JoinAnswer leader, JoinAnswer follower) = (GroupRig.Done(a), GroupRig.Done(b));
        _rig.Sync(follower);
        _rig.Sync(leader, (leader.MemberId, [1]), (follower.MemberId, [2]));
        return (leader, follower);
    }
}
