namespace PerfLog.Interop.Groups;

[Collection(GroupBrokerTests.Name)]
public sealed class FailingMemberTests(GroupBroker broker)
{
    private const int SessionTimeoutMs = 1_500;

    [Fact]
    public async Task What_a_killed_member_had_is_read_by_the_others()
    {
        using GroupTopic topic = await GroupTopic.CreateAsync(broker.Address, "killed");
        using var group = new MemberSet();
        GroupMember survivor = group.Add(new GroupMember(broker.Address, topic.Name, topic.Name));
        await using var victim = new KcatMember(broker.Address, topic.Name, topic.Name, SessionTimeoutMs);
        await Limits.UntilAsync("both have their share", () => survivor.Partitions.Count == 6);
        await topic.SendAsync(120);
        await Limits.UntilAsync("the victim reads", () => victim.Values.Count > 0);

        victim.Kill();
        await topic.SendAsync(120);

        await Limits.UntilAsync("the survivor has them all", () => survivor.Partitions.Count == 12);
        await topic.UntilAllReadAsync(() => [.. group.ReadValues, .. victim.Values]);
    }

    [Fact]
    public async Task A_member_that_slept_longer_than_its_session_comes_back_as_a_new_one()
    {
        using GroupTopic topic = await GroupTopic.CreateAsync(broker.Address, "asleep");
        using var group = new MemberSet();
        GroupMember awake = group.Add(new GroupMember(broker.Address, topic.Name, topic.Name));
        await using var sleeper = new KcatMember(broker.Address, topic.Name, topic.Name, SessionTimeoutMs);
        await Limits.UntilAsync("both have their share", () => awake.Partitions.Count == 6);
        await topic.SendAsync(120);
        await Limits.UntilAsync("the sleeper reads", () => sleeper.Values.Count > 0);

        sleeper.Pause();
        await Limits.UntilAsync("the other one has them all", () => awake.Partitions.Count == 12);
        await topic.SendAsync(120);
        await topic.UntilAllReadAsync(() => [.. group.ReadValues, .. sleeper.Values]);
        sleeper.Resume();

        await Limits.UntilAsync("both have their share again", () => awake.Partitions.Count == 6);
        int before = sleeper.Values.Count;
        await topic.SendAsync(120);
        await topic.UntilAllReadAsync(() => [.. group.ReadValues, .. sleeper.Values]);
        Assert.True(sleeper.Values.Count > before, "The sleeper has partitions again but reads nothing.");
        Assert.Null(awake.Failure);
    }
}
