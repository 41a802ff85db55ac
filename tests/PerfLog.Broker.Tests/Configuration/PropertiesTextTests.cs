using FsCheck.Xunit;
using PerfLog.Broker.Configuration;

namespace PerfLog.Broker.Tests.Configuration;

public sealed class PropertiesTextTests
{
    [Theory]
    [InlineData("a=b", "a", "b")]
    [InlineData("a:b", "a", "b")]
    [InlineData("a b", "a", "b")]
    [InlineData("  a \t = \t b c ", "a", "b c ")]
    [InlineData("a==b", "a", "=b")]
    [InlineData("a = : b", "a", ": b")]
    [InlineData("a", "a", "")]
    [InlineData("a=", "a", "")]
    [InlineData("=b", "", "b")]
    [InlineData("a\\=b=c", "a=b", "c")]
    [InlineData("a\\ b c", "a b", "c")]
    [InlineData("a=b#c", "a", "b#c")]
    [InlineData("listeners=PLAINTEXT://:9092", "listeners", "PLAINTEXT://:9092")]
    [InlineData("a=\\t\\n\\r\\f\\\\\\q", "a", "\t\n\r\f\\q")]
    [InlineData("a=\\u00e9\\u0041x", "a", "éAx")]
    [InlineData("a=b\\\n   c\\\r\n\td", "a", "bcd")]
    [InlineData("a=b\\\\\nc=d", "a", "b\\")]
    [InlineData("a=b\\\n#c", "a", "b#c")]
    [InlineData("a=b\\", "a", "b")]
    public void An_entry_is_read_as_java_reads_it(string text, string key, string value)
    {
        PropertyEntry entry = PropertiesText.Read(text)[0];

        Assert.Equal((key, value), (entry.Key, entry.Value));
    }

    [Fact]
    public void Comments_and_blank_lines_are_left_out_and_entries_know_their_line()
    {
        IReadOnlyList<PropertyEntry> entries = PropertiesText.Read("# one\n\n  ! two \\\na=1\r\nb=2\\\n  3\n \t\nc=4");

        Assert.Equal([new("a", "1", 4), new("b", "23", 5), new("c", "4", 8)], entries);
    }

    [Theory]
    [InlineData("x=1\na=\\u12")]
    [InlineData("x=1\na=\\u12g4")]
    public void A_broken_unicode_escape_names_its_line(string text) =>
        Assert.Contains("Line 2", Assert.Throws<FormatException>(() => PropertiesText.Read(text)).Message);

    [Property]
    public void Any_text_reads_or_is_a_format_error(string? text)
    {
        try
        {
            Assert.All(PropertiesText.Read(text ?? ""), static entry => Assert.True(entry.Line > 0));
        }
        catch (FormatException exception)
        {
            Assert.Contains("Line", exception.Message);
        }
    }
}
