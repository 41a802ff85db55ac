using System.Text;
using PerfLog.Client.Producing;
using PerfLog.Records;

namespace PerfLog.Client.Tests.Producing;

public sealed class PartitionersTests
{
    private static readonly int[] Three = [0, 1, 2];

    [Theory]
    [InlineData("21", 0, 0, 0)]
    [InlineData("foobar", 0, 6, 6)]
    [InlineData("abc", 0, 7, 3)]
    [InlineData("kafka", 1, 0, 4)]
    [InlineData("key", 1, 1, 1)]
    [InlineData("hello", 0, 9, 9)]
    [InlineData("test-key", 2, 1, 5)]
    public void A_key_goes_where_javas_producer_sends_it(string key, int of3, int of10, int of12)
    {
        IPartitioner partitioner = Partitioners.Default("t", 16_384, 1);

        Assert.Equal(of3, Choose(partitioner, key, 3));
        Assert.Equal(of10, Choose(partitioner, key, 10));
        Assert.Equal(of12, Choose(partitioner, key, 12));
    }

    [Fact]
    public void Without_a_key_a_batch_stays_together_and_the_next_goes_elsewhere()
    {
        IPartitioner partitioner = Partitioners.Default("t", batchBytes: 1_000, seed: 7);

        List<int> chosen = [.. Enumerable.Range(0, 100).Select(_ => Choose(partitioner, key: null, 3))];

        List<int> runs = [chosen[0], .. chosen.Zip(chosen.Skip(1)).Where(static pair => pair.First != pair.Second).Select(static pair => pair.Second)];
        Assert.InRange(runs.Count, 8, 12);
        Assert.Equal(3, runs.Distinct().Count());
    }

    [Fact]
    public void Round_robin_goes_through_all_that_have_a_leader()
    {
        IPartitioner partitioner = Partitioners.RoundRobin("t", 16_384, 1);

        Assert.Equal([0, 1, 2, 0, 1, 2], Enumerable.Range(0, 6).Select(_ => Choose(partitioner, "same", 3)));
    }

    private static int Choose(IPartitioner partitioner, string? key, int partitions) => partitioner.Choose(new PartitionChoice
    {
        Topic = "t",
        Key = key is null ? OptionalBytes.Null : Encoding.UTF8.GetBytes(key),
        Value = new byte[99],
        Partitions = partitions,
        Available = Three,
    });
}
