using PerfLog.Client.Admin;

namespace PerfLog.Client.Tests.Admin;

public sealed class BootstrapServersTests
{
    [Theory]
    [InlineData("localhost:9092", "localhost:9092")]
    [InlineData(" a:1 , b:65535 ", "a:1|b:65535")]
    [InlineData("[::1]:9092", "[::1]:9092")]
    [InlineData("a:1,,b:2,", "a:1|b:2")]
    public void Addresses_are_read_in_order(string text, string expected) =>
        Assert.Equal(expected.Split('|'), BootstrapServers.Parse(text).Select(static address => address.ToString()));

    [Theory]
    [InlineData("localhost")]
    [InlineData("localhost:")]
    [InlineData(":9092")]
    [InlineData("a:0")]
    [InlineData("a:65536")]
    [InlineData("a:-1")]
    [InlineData("::1:9092")]
    [InlineData("a:1,b")]
    public void What_is_no_address_is_named(string text)
    {
        FormatException refused = Assert.Throws<FormatException>(() => BootstrapServers.Parse(text));

        Assert.Contains($"'{text.Split(',')[^1]}'", refused.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" , ")]
    public void An_empty_list_is_refused(string text) => Assert.Throws<FormatException>(() => BootstrapServers.Parse(text));
}
