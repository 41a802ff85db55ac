namespace PerfLog.Metadata.Tests.Tree;

public sealed class ZnodePathTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/brokers")]
    [InlineData("/brokers/topics/a.b_c-d")]
    [InlineData("/config/brokers/<default>")]
    [InlineData("/a/...")]
    public void Absolute_paths_are_valid(string path) => Assert.True(ZnodePath.TryValidate(path, out _));

    [Theory]
    [InlineData("")]
    [InlineData("brokers")]
    [InlineData("/brokers/")]
    [InlineData("//")]
    [InlineData("/a//b")]
    [InlineData("/a/./b")]
    [InlineData("/a/..")]
    [InlineData("/a\0b")]
    [InlineData("/a\nb")]
    public void Anything_else_is_refused_with_a_reason(string path)
    {
        Assert.False(ZnodePath.TryValidate(path, out string? problem));
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void A_path_beyond_the_limit_is_refused() =>
        Assert.False(ZnodePath.TryValidate("/" + new string('a', ZnodeLimits.PathBytesMax), out _));

    [Theory]
    [InlineData("/a", "/", "a")]
    [InlineData("/a/b", "/a", "b")]
    [InlineData("/a/b/c", "/a/b", "c")]
    public void Parent_and_name_join_to_the_path(string path, string parent, string name)
    {
        Assert.Equal(parent, ZnodePath.Parent(path));
        Assert.Equal(name, ZnodePath.Name(path));
        Assert.Equal(path, ZnodePath.Join(parent, name));
    }

    [Theory]
    [InlineData("/a", "/a", true)]
    [InlineData("/a/b", "/a", true)]
    [InlineData("/ab", "/a", false)]
    [InlineData("/a", "/a/b", false)]
    [InlineData("/a", "/", true)]
    public void A_subtree_ends_at_whole_segments(string path, string ancestor, bool within) =>
        Assert.Equal(within, ZnodePath.IsWithin(path, ancestor));
}
