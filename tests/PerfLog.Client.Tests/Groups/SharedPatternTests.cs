using System.Text.RegularExpressions;
using PerfLog.Client.Groups;

namespace PerfLog.Client.Tests.Groups;

public sealed class SharedPatternTests
{
    [Theory]
    [InlineData("orders-.*")]
    [InlineData(@"(?:a|b)\.[a-z_0-9-]{2,10}\d+?$")]
    [InlineData(@"^x[^.\-]{3}y{2,}$")]
    public void What_both_read_alike_the_coordinator_may_be_given(string pattern) =>
        Assert.Equal(pattern, SharedPattern.Of(new Regex(pattern)));

    [Theory]
    [InlineData("")]
    [InlineData("a(?=b)")]
    [InlineData(@"(a)\1")]
    [InlineData("(?<name>a)")]
    [InlineData("[a-z-[aeiou]]")]
    [InlineData("[]a]")]
    [InlineData(@"\u0041")]
    [InlineData(@"a\Z")]
    [InlineData(@"[\x41]")]
    [InlineData("a{1001}")]
    [InlineData("a{,3}")]
    [InlineData("ä")]
    public void What_they_may_read_differently_stays_with_the_client(string pattern) =>
        Assert.Null(SharedPattern.Of(new Regex(pattern)));

    [Fact]
    public void Options_that_change_what_matches_stay_with_the_client()
    {
        Assert.Null(SharedPattern.Of(new Regex("a", RegexOptions.IgnoreCase)));
        Assert.Equal("a", SharedPattern.Of(new Regex("a", RegexOptions.Compiled)));
    }
}
