namespace PerfLog.Metadata.Tests.Topics;

public sealed class TopicNameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("A.b_c-9")]
    [InlineData("...")]
    [InlineData("__consumer_offsets")]
    public void Names_of_the_allowed_letters_are_valid(string name) => Assert.True(TopicName.TryValidate(name, out _));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("größe")]
    [InlineData("a\0")]
    public void Other_names_are_refused_with_a_reason(string name)
    {
        Assert.False(TopicName.TryValidate(name, out string? problem));
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void The_longest_name_has_249_letters()
    {
        Assert.True(TopicName.TryValidate(new string('a', 249), out _));
        Assert.False(TopicName.TryValidate(new string('a', 250), out _));
    }

    [Theory]
    [InlineData("a.b", "a_b", true)]
    [InlineData("a.b", "a.b", true)]
    [InlineData("a.b", "a-b", false)]
    [InlineData("a.b", "a.bc", false)]
    public void A_dot_and_an_underscore_count_as_the_same(string left, string right, bool collide) =>
        Assert.Equal(collide, TopicName.Collide(left, right));
}
