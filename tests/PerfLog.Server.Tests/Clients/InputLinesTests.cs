using System.Text;
using FsCheck.Xunit;
using PerfLog.Server.Clients;

namespace PerfLog.Server.Tests.Clients;

public sealed class InputLinesTests
{
    [Theory]
    [InlineData("a\r\nb\n\nc", "\n", "a,b,,c")]
    [InlineData("a\nb\n", "\n", "a,b")]
    [InlineData("a--b-c--", "--", "a,b-c")]
    [InlineData("a\r--b", "--", "a\r,b")]
    [InlineData("", "\n", "")]
    public async Task Parts_stand_between_delimiters(string text, string delimiter, string expected)
    {
        List<string> parts = await ReadAsync(Encoding.UTF8.GetBytes(text), delimiter, bytesMax: 100);

        Assert.Equal(expected.Length == 0 ? [] : expected.Split(','), parts);
    }

    [Property(MaxTest = 50)]
    public void All_bytes_come_through_whatever_they_are(byte[][] parts)
    {
        byte[][] lines = [.. parts.Select(static part => part.Where(static value => value is not ((byte)'\n' or (byte)'\r')).ToArray())];
        byte[] text = [.. lines.SelectMany(static line => line.Append((byte)'\n'))];
        List<byte[]> read = [];
        ReadAllAsync(text, read).GetAwaiter().GetResult();

        Assert.Equal(lines, read);
    }

    [Fact]
    public async Task A_part_that_is_too_long_is_an_error_that_says_which()
    {
        CommandException failure = await Assert.ThrowsAsync<CommandException>(
            () => ReadAsync([.. "ok\n"u8, .. new byte[50_000]], "\n", bytesMax: 10_000));

        Assert.Contains("line 2 is longer than 10000 bytes", failure.Message);
    }

    private static async Task<List<string>> ReadAsync(byte[] text, string delimiter, int bytesMax)
    {
        List<string> parts = [];
        await foreach (byte[] part in InputLines.ReadAsync(new MemoryStream(text), Encoding.UTF8.GetBytes(delimiter), bytesMax, CancellationToken.None))
            parts.Add(Encoding.UTF8.GetString(part));
        return parts;
    }

    private static async Task ReadAllAsync(byte[] text, List<byte[]> read)
    {
        await foreach (byte[] part in InputLines.ReadAsync(new MemoryStream(text), InputLines.LineEnd, 1 << 20, CancellationToken.None)) read.Add(part);
    }
}
