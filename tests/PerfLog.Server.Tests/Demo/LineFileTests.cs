using System.Text;
using FsCheck.Xunit;
using PerfLog.Server.Demo;

namespace PerfLog.Server.Tests.Demo;

public sealed class LineFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("a\n", "a")]
    [InlineData("a\nb", "a|b")]
    [InlineData("a\n\nb\n", "a||b")]
    [InlineData("\n", "")]
    [InlineData("a\r\nb\r\n", "a\r|b\r")]
    public void Lines_are_what_lies_between_line_feeds(string text, string expected)
    {
        string[] lines = Read(text, lineBytesMax: 100);

        Assert.Equal(text.Length == 0 ? [] : expected.Split('|'), lines);
    }

    /// <summary>Goal: whatever the lines and the buffer, the same lines come out as a plain split gives.</summary>
    [Property]
    public void Reading_agrees_with_a_plain_split(byte[] lengths)
    {
        string text = string.Concat(lengths.Select(static (length, index) => new string((char)('a' + (index % 26)), length) + "\n"));

        Assert.Equal(lengths.Select(static length => (int)length), Read(text, lineBytesMax: 255).Select(static line => line.Length));
        Assert.Equal(text, string.Concat(Read(text, lineBytesMax: 255).Select(static line => line + "\n")));
    }

    [Theory]
    [InlineData("12345\n123456\n", 5, 2)]
    [InlineData("123456", 5, 1)]
    [InlineData("1\n2\n123456789012345678901234567890\n", 5, 3)]
    public void A_line_that_is_too_long_is_named_by_its_number(string text, int lineBytesMax, int line)
    {
        CommandException refused = Assert.Throws<CommandException>(() => Read(text, lineBytesMax));

        Assert.StartsWith($"{_folder.File("lines")} line {line}: ", refused.Message);
    }

    [Fact]
    public void A_line_of_exactly_the_limit_is_taken() => Assert.Equal(["12345", "1"], Read("12345\n1\n", lineBytesMax: 5));

    [Fact]
    public void Progress_ends_at_the_total()
    {
        File.WriteAllText(_folder.File("lines"), "a\nbc\nd");
        var source = new LineFile(_folder.File("lines"), 100);
        using IRecordCursor cursor = source.Open();
        while (cursor.MoveNext()) Assert.InRange(cursor.Progress, 1, source.Total);

        Assert.Equal(source.Total, cursor.Progress);
    }

    [Fact]
    public void A_missing_file_and_a_folder_are_named()
    {
        string missing = _folder.File("missing");

        Assert.StartsWith(missing, Assert.Throws<CommandException>(() => new LineFile(missing, 5)).Message);
        Assert.StartsWith(_folder.Path, Assert.Throws<CommandException>(() => new LineFile(_folder.Path, 5)).Message);
    }

    private string[] Read(string text, int lineBytesMax)
    {
        File.WriteAllText(_folder.File("lines"), text);
        using IRecordCursor cursor = new LineFile(_folder.File("lines"), lineBytesMax).Open();
        List<string> lines = [];
        while (cursor.MoveNext()) lines.Add(Encoding.UTF8.GetString(cursor.Current));
        return [.. lines];
    }
}
