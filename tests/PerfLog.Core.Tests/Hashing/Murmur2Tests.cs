using System.Text;
using PerfLog.Hashing;

namespace PerfLog.Core.Tests.Hashing;

public sealed class Murmur2Tests
{
    [Theory]
    [InlineData("", 275646681)]
    [InlineData("21", -973932308)]
    [InlineData("abc", 479470107)]
    [InlineData("key", -1079937367)]
    [InlineData("hello", 2132663229)]
    [InlineData("foobar", -790332482)]
    [InlineData("test-key", -1341026247)]
    [InlineData("kafka", unchecked((int)0xd067cf64))]
    [InlineData("giberish123456789", unchecked((int)0x8f552b0c))]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    public void Known_keys_have_the_hashes_of_Java_clients(string key, int expected) =>
        Assert.Equal(expected, Murmur2.Compute(Encoding.UTF8.GetBytes(key)));

    [Theory]
    [InlineData("21", 0, 0, 0)]
    [InlineData("foobar", 0, 6, 6)]
    [InlineData("abc", 0, 7, 3)]
    [InlineData("kafka", 1, 0, 4)]
    [InlineData("key", 1, 1, 1)]
    [InlineData("hello", 0, 9, 9)]
    [InlineData("test-key", 2, 1, 5)]
    public void Known_keys_go_to_the_partitions_of_Java_clients(string key, int of3, int of10, int of12)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(key);
        Assert.Equal((of3, of10, of12), (Murmur2.Partition(bytes, 3), Murmur2.Partition(bytes, 10), Murmur2.Partition(bytes, 12)));
    }

    [Fact]
    public void A_topic_without_partitions_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Murmur2.Partition([1], 0));
}
