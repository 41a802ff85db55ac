using PerfLog.Hashing;

namespace PerfLog.Core.Tests.Hashing;

public sealed class JavaHashTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("g", 3)]
    [InlineData("test", 48)]
    [InlineData("my-group", 12)]
    [InlineData("group1", 40)]
    [InlineData("txn-1", 10)]
    [InlineData("my-transactional-id", 46)]
    [InlineData("polygenelubricants", 0)]
    public void Ids_live_on_the_partitions_that_Java_brokers_give_them(string id, int expected) =>
        Assert.Equal(expected, JavaHash.Partition(id, 50));

    [Fact]
    public void The_smallest_integer_is_a_hash_like_any_other() =>
        Assert.Equal(int.MinValue, JavaHash.Compute("polygenelubricants"));
}
