using PerfLog.Broker.Groups;

namespace PerfLog.Broker.Tests.Groups.Consumer;

public sealed class TopicPatternTests
{
    [Theory]
    [InlineData("a.*", "ab", true)]
    [InlineData("a", "ab", false)]
    [InlineData("b", "ab", false)]
    [InlineData("^a.*$", "ab", true)]
    [InlineData("a|b", "b", true)]
    [InlineData("(?i)AB", "ab", true)]
    [InlineData("(?P<name>a)b", "ab", true)]
    [InlineData(@"\Qa.b\E", "a.b", true)]
    [InlineData(@"\Qa.b\E", "axb", false)]
    [InlineData("[[:alpha:]]+[[:digit:]]", "ab7", true)]
    [InlineData("[[:alpha:]]", "7", false)]
    [InlineData("[a-z-[b]+", "b-[", true)]
    [InlineData("[]a]+", "a]", true)]
    [InlineData("[^]a]+", "bc", true)]
    [InlineData("a{2,3}", "aaa", true)]
    [InlineData("", "a", false)]
    public void Whole_names_are_matched_in_re2s_syntax(string regex, string topic, bool matches)
    {
        Assert.True(TopicPattern.TryCompile(regex, out TopicPattern? pattern, out _));
        Assert.Equal(matches, pattern.Matches(topic));
    }

    [Theory]
    [InlineData("(a")]
    [InlineData("a)(b")]
    [InlineData("[a")]
    [InlineData("a\\")]
    [InlineData("(?=a)b")]
    [InlineData(@"(a)\1")]
    [InlineData("a{1001}")]
    [InlineData("[[:nothing:]]")]
    public void What_re2_does_not_take_is_refused(string regex)
    {
        Assert.False(TopicPattern.TryCompile(regex, out _, out string? violation));
        Assert.NotEmpty(violation);
    }

    [Fact]
    public void An_expression_has_a_length_limit() => Assert.False(TopicPattern.TryCompile(new string('a', 1025), out _, out _));

    [Fact]
    public void A_name_takes_time_in_proportion_to_its_length()
    {
        Assert.True(TopicPattern.TryCompile("(a+)+b", out TopicPattern? pattern, out _));
        Assert.False(pattern.Matches(new string('a', 249)));
    }
}
