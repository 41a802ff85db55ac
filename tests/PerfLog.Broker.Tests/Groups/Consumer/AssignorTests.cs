using FsCheck;
using FsCheck.Xunit;
using PerfLog.Broker.Groups;

namespace PerfLog.Broker.Tests.Groups.Consumer;

public sealed class AssignorTests
{
    private static readonly IGroupAssignor Uniform = new UniformAssignor();
    private static readonly IGroupAssignor Range = new RangeAssignor();

    [Property]
    public void Members_of_one_subscription_get_all_within_one_of_each_other(byte[] topicSizes, byte members)
    {
        Dictionary<Uuid, int> topics = Topics(topicSizes);
        PartitionSet[] targets = Uniform.Assign(Input(topics, Nothing(1 + members % 20)));

        AssertComplete(topics, targets);
        Assert.True(targets.Max(static target => target.Count) - targets.Min(static target => target.Count) <= 1);
    }

    [Property]
    public void Who_stays_gives_up_nothing_when_another_leaves(byte[] topicSizes, byte members, byte who)
    {
        Dictionary<Uuid, int> topics = Topics(topicSizes);
        PartitionSet[] before = Uniform.Assign(Input(topics, Nothing(2 + members % 20)));
        PartitionSet[] left = [.. before.Where((_, place) => place != who % before.Length)];
        PartitionSet[] after = Uniform.Assign(Input(topics, left));

        AssertComplete(topics, after);
        for (int member = 0; member < left.Length; member++) Assert.True(left[member].IsSubsetOf(after[member]));
    }

    [Property]
    public void A_newcomer_takes_its_share_and_nothing_else_moves(byte[] topicSizes, byte members, byte place)
    {
        Dictionary<Uuid, int> topics = Topics(topicSizes);
        List<PartitionSet> before = [.. Uniform.Assign(Input(topics, Nothing(1 + members % 20)))];
        int newcomer = place % (before.Count + 1);
        before.Insert(newcomer, PartitionSet.Empty);
        PartitionSet[] after = Uniform.Assign(Input(topics, [.. before]));

        AssertComplete(topics, after);
        for (int member = 0; member < after.Length; member++)
            Assert.True(member == newcomer || after[member].IsSubsetOf(before[member]));
        Assert.Equal(topics.Values.Sum() / after.Length, after[newcomer].Count);
    }

    [Property]
    public void Any_former_state_is_evened_out_with_the_fewest_moves(byte[] topicSizes, byte[] formerOwners)
    {
        const int Members = 5;
        Dictionary<Uuid, int> topics = Topics(topicSizes);
        PartitionSet[] before = Scattered(topics, formerOwners, Members);
        PartitionSet[] after = Uniform.Assign(Input(topics, before));

        AssertComplete(topics, after);
        int total = topics.Values.Sum(), share = total / Members, larger = total % Members;
        int mustMove = before.Sum(kept => Math.Max(0, kept.Count - share)) - Math.Min(larger, before.Count(kept => kept.Count > share));
        Assert.Equal(mustMove, before.Zip(after).Sum(static pair => pair.First.Except(pair.Second).Count));
    }

    [Property]
    public void Different_subscriptions_are_respected_and_cannot_be_evened_out_by_any_one_move(byte[] topicSizes, byte[] subscriptions)
    {
        Dictionary<Uuid, int> topics = Topics(topicSizes);
        var input = new AssignmentInput(
            [.. subscriptions.Take(12).Append((byte)255).Select(bits => new AssignorMember([.. topics.Keys.Where((_, place) => (bits >> place % 8 & 1) != 0)], PartitionSet.Empty))],
            topics);
        PartitionSet[] targets = Uniform.Assign(input);

        AssertComplete(topics, targets);
        for (int member = 0; member < targets.Length; member++)
        {
            foreach (TopicIdPartition partition in targets[member].Sorted)
            {
                Assert.Contains(partition.TopicId, input.Members[member].Topics);
                int least = Enumerable.Range(0, targets.Length).Where(other => input.Members[other].Topics.Contains(partition.TopicId))
                    .Min(other => targets[other].Count);
                Assert.True(targets[member].Count <= least + 1);
            }
        }
    }

    [Property]
    public void Ranges_are_neighbours_and_alike_for_topics_of_one_size(PositiveInt partitions, byte members)
    {
        var topics = new Dictionary<Uuid, int> { [new Uuid(1, 1)] = partitions.Get % 50 + 1, [new Uuid(1, 2)] = partitions.Get % 50 + 1 };
        PartitionSet[] targets = Range.Assign(Input(topics, Nothing(1 + members % 20)));

        AssertComplete(topics, targets);
        foreach (PartitionSet target in targets)
        {
            List<int>[] numbers = [.. target.ByTopic().Select(static topic => topic.Partitions)];
            if (numbers.Length == 0) continue;
            Assert.Equal(2, numbers.Length);
            Assert.Equal(numbers[0], numbers[1]);
            Assert.Equal(Enumerable.Range(numbers[0][0], numbers[0].Count), numbers[0]);
        }
    }

    [Fact]
    public void Topics_without_subscribers_and_groups_without_topics_are_fine()
    {
        Dictionary<Uuid, int> topics = Topics([3]);
        Assert.Empty(Uniform.Assign(new AssignmentInput([], topics)));
        Assert.Empty(Range.Assign(new AssignmentInput([], topics)));
        Assert.True(Range.Assign(new AssignmentInput([new AssignorMember([], PartitionSet.Empty)], topics))[0].IsEmpty);
        Assert.True(Uniform.Assign(new AssignmentInput([new AssignorMember([], PartitionSet.Empty)], topics))[0].IsEmpty);
    }

    private static Dictionary<Uuid, int> Topics(byte[] sizes) =>
        sizes.Take(6).Append((byte)4).Select((size, place) => (new Uuid(1, place), size % 40 + 1)).ToDictionary();

    private static PartitionSet[] Nothing(int members) => [.. Enumerable.Repeat(PartitionSet.Empty, members)];

    private static AssignmentInput Input(Dictionary<Uuid, int> topics, PartitionSet[] current) =>
        new([.. current.Select(kept => new AssignorMember([.. topics.Keys], kept))], topics);

    private static PartitionSet[] Scattered(Dictionary<Uuid, int> topics, byte[] owners, int members)
    {
        TopicIdPartition[] all = new AssignmentInput([], topics).PartitionsOf(topics.Keys);
        return [.. Enumerable.Range(0, members).Select(member =>
            PartitionSet.Of(all.Where((_, place) => place < owners.Length && owners[place] % (members + 1) == member)))];
    }

    private static void AssertComplete(Dictionary<Uuid, int> topics, PartitionSet[] targets)
    {
        PartitionSet all = targets.Aggregate(PartitionSet.Empty, static (sum, target) => sum.Union(target));
        Assert.Equal(topics.Values.Sum(), all.Count);
        Assert.Equal(all.Count, targets.Sum(static target => target.Count));
    }
}
