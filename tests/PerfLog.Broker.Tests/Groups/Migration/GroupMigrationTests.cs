using PerfLog.Broker.Groups;
using PerfLog.Broker.Tests.Groups.Consumer;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Tests.Groups.Migration;

/// <summary>A group goes from one protocol to the other while its members work.</summary>
public sealed class GroupMigrationTests
{
    private readonly ScriptedTopics _topics = new ScriptedTopics().With("a", 4).With("b", 2);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_member_of_the_newer_protocol_makes_a_classic_group_a_consumer_group_and_all_share(bool isCooperative)
    {
        MixedGroup group = new(_topics);
        ScriptedClassicMember[] classic = [Classic(group, "1", isCooperative), Classic(group, "2", isCooperative)];
        Work(group, classic);
        int generation = classic[0].Generation;
        ScriptedMember newer = Newer("3");

        Assert.Equal(generation + 1, group.Beat(newer).Epoch);
        Assert.Equal(generation + 1, group.Consumer.Epoch);
        Assert.Equal(0, newer.Owned.Count);
        Work(group, classic, newer);

        Assert.Equal(ConsumerGroupState.Stable, group.Consumer.State);
        Assert.Equal([2, 2, 2], [classic[0].Owned.Count, classic[1].Owned.Count, newer.Owned.Count]);
        Assert.All(classic, member => Assert.Equal(group.Consumer.Epoch, member.Generation));
        Assert.DoesNotContain(nameof(GroupMetadataKey), group.Kinds);
        Assert.Equal("3 joined", group.Consumer.History.Last!.Reason);
    }

    [Fact]
    public void The_last_member_of_the_newer_protocol_leaves_a_classic_group_behind_that_comes_together_anew()
    {
        MixedGroup group = new(_topics);
        ScriptedClassicMember[] classic = [Classic(group, "1"), Classic(group, "2")];
        ScriptedMember newer = Newer("3");
        Work(group, classic);
        group.Beat(newer);
        Work(group, classic, newer);
        int epoch = group.Consumer.Epoch;

        group.Leave(newer);

        var left = Assert.IsType<ClassicGroup>(group.Membership);
        Assert.Equal((ClassicState.PreparingRebalance, epoch), (left.State, left.Generation));
        Assert.Equal([nameof(GroupMetadataKey)], group.Kinds);
        Assert.Equal(ErrorCode.RebalanceInProgress, group.Heartbeat(classic[0].Id, null, epoch));
        Work(group, classic);
        Assert.Equal((ClassicState.Stable, epoch + 1), (left.State, left.Generation));
        Assert.Equal(6, classic.Sum(static member => member.Owned.Count));
        Assert.Equal("no member is left that the broker assigns for", left.History.Last!.Reason);
    }

    [Fact]
    public void Whoever_waited_for_the_group_to_come_together_is_told_to_join_again()
    {
        MixedGroup group = new(_topics);
        ScriptedClassicMember first = Classic(group, "1"), second = Classic(group, "2");
        Work(group, [first]);
        second.Step();
        second.Step();
        second.Step();
        Assert.Equal("PreparingRebalance", group.Membership.StateName);

        group.Beat(Newer("3"));

        second.Step();
        Assert.Equal(ErrorCode.RebalanceInProgress, second.LastError);
        Work(group, [first, second]);
        Assert.Equal(ConsumerGroupState.Reconciling, group.Consumer.State);
    }

    [Theory]
    [InlineData(nameof(MigrationPolicy.Disabled))]
    [InlineData(nameof(MigrationPolicy.Downgrade))]
    public void Without_upgrades_a_classic_group_with_members_stays_what_it_is(string policy)
    {
        MixedGroup group = new(_topics, Enum.Parse<MigrationPolicy>(policy));
        ScriptedClassicMember classic = Classic(group, "1");
        Work(group, [classic]);

        Assert.Equal(ErrorCode.GroupIdNotFound, group.Beat(Newer("2")).Error);

        Assert.Equal(ErrorCode.None, group.Heartbeat(classic.Id, null, classic.Generation));
        classic.Leave();
        Assert.Equal(ErrorCode.None, group.Beat(Newer("2")).Error);
    }

    [Theory]
    [InlineData(nameof(MigrationPolicy.Disabled))]
    [InlineData(nameof(MigrationPolicy.Upgrade))]
    public void Without_downgrades_classic_members_go_on_in_the_consumer_group(string policy)
    {
        MixedGroup group = new(_topics, Enum.Parse<MigrationPolicy>(policy));
        ScriptedMember newer = Newer("1");
        group.Beat(newer);
        ScriptedClassicMember classic = Classic(group, "2");
        Work(group, [classic], newer);
        Assert.Equal((3, 3), (classic.Owned.Count, newer.Owned.Count));

        group.Leave(newer);
        Work(group, [classic]);
        Assert.Equal((ConsumerGroupState.Stable, 6), (group.Consumer.State, classic.Owned.Count));

        // Nobody beats in the newer protocol, so that it is the classic heartbeat by which a new partition is noticed.
        _topics.Set("b", 3);
        Work(group, [classic]);
        Assert.Equal(7, classic.Owned.Count);
    }

    [Fact]
    public void Groups_of_other_kinds_and_members_that_cannot_be_read_are_not_converted()
    {
        MixedGroup group = new(_topics);
        group.Join(Call("", "connect", [new MemberProtocol("default", [])]));
        Assert.Equal(ErrorCode.GroupIdNotFound, group.Beat(Newer("1")).Error);

        group = new MixedGroup(_topics);
        group.Join(Call("", "consumer", [new MemberProtocol("range", [1, 2, 3])]));
        Assert.Equal(ErrorCode.GroupIdNotFound, group.Beat(Newer("1")).Error);
        Assert.Equal("classic", group.Membership.Type);
    }

    [Fact]
    public void A_refused_member_leaves_the_group_what_it_was()
    {
        MixedGroup group = new(_topics);
        ScriptedClassicMember classic = Classic(group, "1");
        Work(group, [classic]);
        ScriptedMember newer = Newer("2");
        newer.Assignor = "none";

        Assert.Equal(ErrorCode.UnsupportedAssignor, group.Beat(newer).Error);

        Assert.Equal("classic", group.Membership.Type);
        Assert.Equal(ErrorCode.None, group.Heartbeat(classic.Id, null, classic.Generation));
    }

    [Fact]
    public void Static_members_keep_their_partitions_from_one_protocol_to_the_other_and_back()
    {
        MixedGroup group = new(_topics);
        ScriptedClassicMember stays = Classic(group, "1"), moves = new(group, "2", isCooperative: true, "instance");
        Work(group, [stays, moves]);
        PartitionSet had = moves.Owned;
        ScriptedMember newer = new("3", "instance") { TopicNames = ["a", "b"] };

        group.Beat(newer);
        Assert.Equal(had, newer.Owned);
        Assert.Equal(ErrorCode.FencedInstanceId, group.Heartbeat(moves.Id, "instance", moves.Generation));
        moves.Restart();
        Work(group, [stays, moves]);

        Assert.Equal(ErrorCode.GroupIdNotFound, group.Send(newer.IdleCall()).Error);
        Assert.IsType<ClassicGroup>(group.Membership);
        Assert.Equal(6, stays.Owned.Count + moves.Owned.Count);
    }

    [Fact]
    public void Classic_members_are_fenced_as_in_a_classic_group()
    {
        MixedGroup group = new(_topics);
        group.Beat(Newer("1"));
        ScriptedClassicMember classic = Classic(group, "2");
        Work(group, [classic], Newer("x"));
        ConsumerGroup consumer = group.Consumer;

        Assert.Equal(ErrorCode.UnknownMemberId, group.Heartbeat("nobody", null, 1));
        Assert.Equal(ErrorCode.UnknownMemberId, group.Heartbeat("1", null, consumer.Epoch));
        Assert.Equal(ErrorCode.IllegalGeneration, group.Heartbeat(classic.Id, null, classic.Generation - 1));
        Assert.Equal(ErrorCode.IllegalGeneration, consumer.CheckCommit(new MemberClaim(classic.Id, null, classic.Generation - 1), group.Now));
        Assert.Equal(ErrorCode.None, consumer.CheckCommit(new MemberClaim(classic.Id, null, classic.Generation), group.Now));
        Assert.Equal(ErrorCode.IllegalGeneration, Sync(classic.Id, classic.Generation - 1, "cooperative-sticky"));
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, Sync(classic.Id, classic.Generation, "range"));
        Assert.Equal(ErrorCode.UnknownMemberId, Sync("1", consumer.Epoch, "range"));
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, Error(Call("", "consumer", [new MemberProtocol("other", Subscription.Of("a"))])));
        Assert.Equal(ErrorCode.UnknownMemberId, Error(Call("nobody", "consumer", Cooperative) with { InstanceId = "instance" }));
        Assert.Equal(ErrorCode.MemberIdRequired, Error(Call("", "consumer", Cooperative) with { NeedsKnownId = true }));

        ErrorCode Sync(string member, int generation, string protocol) => group.Sync(
            new SyncCall { MemberId = member, Generation = generation, ProtocolName = protocol, ProtocolType = "consumer" }).Result.Error;
        ErrorCode Error(JoinCall call) => group.Join(call).Result.Error;
    }

    [Fact]
    public void A_commit_older_than_member_epochs_is_for_classic_members_only()
    {
        MixedGroup group = new(_topics);
        ScriptedMember newer = Newer("1");
        group.Beat(newer);
        ScriptedClassicMember classic = Classic(group, "2");
        Work(group, [classic], newer);

        Assert.Equal(ErrorCode.UnsupportedVersion, Commit("1", newer.Epoch));
        Assert.Equal(ErrorCode.None, Commit(classic.Id, classic.Generation));

        ErrorCode Commit(string member, int epoch) =>
            group.Consumer.CheckCommit(new MemberClaim(member, null, epoch) { PredatesEpochs = true }, group.Now);
    }

    [Fact]
    public void A_classic_member_is_given_up_that_is_silent_or_does_not_join_again()
    {
        MixedGroup group = new(_topics);
        ScriptedMember newer = Newer("1");
        group.Beat(newer);
        ScriptedClassicMember silent = Classic(group, "2"), idle = Classic(group, "3");
        Work(group, [silent, idle], newer);

        for (int beats = 0; beats < 6; beats++)
        {
            group.Pass(2_000);
            Work(group, [idle], newer);
        }

        Assert.Equal($"{silent.Id} was not heard of for {silent.SessionMs} ms", group.Consumer.History.Last!.Reason);
        _topics.Set("b", 3);
        for (int beats = 0; beats < 12; beats++)
        {
            group.Pass(2_000);
            group.Beat(newer);
            group.Heartbeat(idle.Id, null, idle.Generation);
        }

        Assert.Null(group.Consumer.Members.Find(idle.Id));
        Assert.Equal("its topics changed", group.Consumer.History.Last!.Reason);
        Assert.Equal(7, newer.Owned.Count);
    }

    [Fact]
    public void A_group_of_both_kinds_is_the_same_after_it_was_loaded()
    {
        MixedGroup group = new(_topics);
        ScriptedClassicMember classic = Classic(group, "1");
        Work(group, [classic]);
        ScriptedMember newer = Newer("2");
        group.Beat(newer);
        Work(group, [classic], newer);
        ConsumerGroup before = group.Consumer;
        var loaded = Assert.IsType<ConsumerGroup>(group.Loaded());
        GroupInvariants.AssertSame(before, loaded);

        group.Reload();

        Assert.Equal(ErrorCode.None, group.Heartbeat(classic.Id, null, classic.Generation));
        Assert.Equal(ErrorCode.None, group.Send(newer.IdleCall()).Error);
        group.Pass(classic.SessionMs - 1);
        Assert.NotNull(group.Consumer.Members.Find(classic.Id));
        group.Pass(1);
        Assert.Null(group.Consumer.Members.Find(classic.Id));
    }

    [Fact]
    public void A_classic_group_that_is_loaded_before_it_came_together_comes_together_then()
    {
        MixedGroup group = new(_topics);
        ScriptedClassicMember[] classic = [Classic(group, "1"), Classic(group, "2")];
        ScriptedMember newer = Newer("3");
        Work(group, classic);
        group.Beat(newer);
        Work(group, classic, newer);
        group.Leave(newer);

        group.Reload();
        Work(group, classic);

        Assert.Equal("Stable", group.Membership.StateName);
        Assert.Equal(6, classic.Sum(static member => member.Owned.Count));
    }

    private static IReadOnlyList<MemberProtocol> Cooperative => [new MemberProtocol("cooperative-sticky", Subscription.Of("a"))];

    private static ScriptedClassicMember Classic(MixedGroup group, string name, bool isCooperative = true) => new(group, name, isCooperative);

    private static ScriptedMember Newer(string id) => new(id) { TopicNames = ["a", "b"] };

    private static JoinCall Call(string member, string type, IReadOnlyList<MemberProtocol> protocols) => new()
    {
        MemberId = member,
        NewMemberId = "new",
        ClientId = "client",
        ClientHost = "/host",
        SessionTimeoutMs = 10_000,
        RebalanceTimeoutMs = 10_000,
        ProtocolType = type,
        Protocols = protocols,
    };

    private static void Work(MixedGroup group, IReadOnlyCollection<ScriptedClassicMember> classic, params ScriptedMember[] newer)
    {
        for (int round = 0; round < 30; round++)
        {
            foreach (ScriptedClassicMember member in classic) member.Step();
            foreach (ScriptedMember member in newer) group.Beat(member);
        }
    }
}
