namespace PerfLog.Core.Tests.Ids;

public sealed class UuidTests
{
    [Fact]
    public void An_id_is_read_back_from_its_text()
    {
        Uuid id = new(0x0123456789ABCDEF, -2);

        Assert.True(Uuid.TryParse(id.ToString(), out Uuid parsed));
        Assert.Equal(id, parsed);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAA*AAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAA==")]
    public void Another_text_is_no_id(string? text) => Assert.False(Uuid.TryParse(text, out _));
}
