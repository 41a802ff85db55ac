using Microsoft.CodeAnalysis;

namespace PerfLog.Generators.Tests;

/// <summary>Goal: each mistake is one error with its rule, its file and its line.</summary>
public sealed class SchemaMistakeTests
{
    private const string Head = "data Thing versions=0-3 flexible=2+\n";

    [Theory]
    [InlineData("PLG001", 2, Head + "  Name string 0+")]
    [InlineData("PLG001", 2, Head + "  name: string 0+")]
    [InlineData("PLG001", 2, Head + "  Name: string")]
    [InlineData("PLG002", 2, Head + "  Name: text 0+")]
    [InlineData("PLG002", 2, Head + "  Names: []bool 0+")]
    [InlineData("PLG002", 3, Head + "  A: int32 0+\n  Parts: []Part 0+")]
    [InlineData("PLG003", 2, Head + "  Name: string 3-1")]
    [InlineData("PLG003", 2, Head + "  Name: string all")]
    [InlineData("PLG003", 2, Head + "  Name: string 4+")]
    [InlineData("PLG003", 2, Head + "  Name: string 0+ nullable=x")]
    [InlineData("PLG003", 1, "data Thing versions=x flexible=none\n  A: int32 0+")]
    [InlineData("PLG004", 3, Head + "  Name: string 0+\n  Name: int32 1+")]
    [InlineData("PLG005", 3, Head + "  A: int32 2+ tag=0\n  B: int32 2+ tag=0")]
    [InlineData("PLG006", 1, "  Name: string 0+")]
    [InlineData("PLG006", 1, "Name: string 0+")]
    [InlineData("PLG007", 1, "data Thing flexible=2+\n  A: int32 0+")]
    [InlineData("PLG007", 1, "data Thing versions=0-1\n  A: int32 0+")]
    [InlineData("PLG007", 1, "data Thing versions=0-1 flexible=2-3\n  A: int32 0+")]
    [InlineData("PLG007", 1, "message Thing versions=0-1 flexible=none")]
    [InlineData("PLG007", 1, "data")]
    [InlineData("PLG007", 1, "request ThingRequest versions=0 flexible=none")]
    [InlineData("PLG007", 1, "request Thing versions=0 flexible=none key=3")]
    [InlineData("PLG007", 1, "data Thing versions=0 flexible=none view")]
    [InlineData("PLG008", 2, Head + "  A: int32 0+ default=many")]
    [InlineData("PLG008", 2, Head + "  A: int8 0+ default=128")]
    [InlineData("PLG008", 2, Head + "  A: string 0+ default=null")]
    [InlineData("PLG009", 2, Head + "  A: int32 0+ mandatory")]
    [InlineData("PLG009", 2, Head + "  A: int32 0+ tag=x")]
    [InlineData("PLG011", 4, Head + "  A: Part 0+\n    X: int32 0+\n  B: Part 0+\n    X: int32 0+")]
    [InlineData("PLG011", 2, Head + "  Part: Part 0+\n    X: int32 0+")]
    [InlineData("PLG011", 3, Head + "  A: Part 0+\n    Part: int32 0+")]
    [InlineData("PLG011", 2, Head + "  Size: int32 0+")]
    [InlineData("PLG012", 2, Head + "  A: int32 0+ tag=0")]
    [InlineData("PLG013", 2, Head + "  A: int32 0+ nullable=0+")]
    [InlineData("PLG015", 2, Head + "   A: int32 0+")]
    [InlineData("PLG015", 2, Head + "      A: int32 0+")]
    [InlineData("PLG015", 2, Head + "  A: int32 0+\n    B: int32 0+")]
    public void A_mistake_is_an_error_with_file_and_line(string rule, int line, string schema)
    {
        Diagnostic diagnostic = Assert.Single(SchemaCompilation.Diagnose(schema));

        Assert.Equal(rule, diagnostic.Id);
        Assert.Equal(DiagnosticSeverity.Error, diagnostic.Severity);
        Assert.Equal("Test.msg", diagnostic.Location.GetLineSpan().Path);
        Assert.Equal(line, diagnostic.Location.GetLineSpan().StartLinePosition.Line + 1);
    }

    [Theory]
    [InlineData("  Scores: []int64 0+")]
    [InlineData("  Cursor: Place 0+ nullable=0+ default=null\n    X: int32 0+")]
    public void A_view_of_a_type_that_has_none_is_an_error(string field)
    {
        string schema = $"request ThingRequest versions=0 flexible=0+ key=1 view\n{field}\n\nresponse ThingResponse versions=0 flexible=0+ key=1";

        Assert.Contains(SchemaCompilation.Diagnose(schema), static diagnostic => diagnostic.Id == "PLG014");
    }

    [Theory]
    [InlineData("request ARequest versions=0 flexible=0+ key=1\n\nresponse BResponse versions=0 flexible=0+ key=1")]
    [InlineData("request ARequest versions=0 flexible=0+ key=1")]
    [InlineData("request ARequest versions=0 flexible=0+ key=1\n\nresponse AResponse versions=0-1 flexible=0+ key=1")]
    [InlineData("data A versions=0 flexible=0+\n\nkey AKey versions=0 flexible=none type=0\n\nrequest ARequest versions=0 flexible=none key=1\n\nrequest BRequest versions=0 flexible=none key=1\n\nresponse BResponse versions=0 flexible=none key=1")]
    public void Messages_that_do_not_go_together_are_an_error(string schema) =>
        Assert.Contains(SchemaCompilation.Diagnose(schema), static diagnostic => diagnostic.Id == "PLG010");

    [Fact]
    public void A_mistake_in_one_message_spares_the_others()
    {
        var result = SchemaCompilation.Run(("Test.msg", "data Bad versions=0 flexible=none\n  A: text 0+\n\ndata Good versions=0 flexible=none\n  A: int32 0+"));

        Assert.Single(result.Diagnostics);
        Assert.Equal("Good.g.cs", Assert.Single(result.GeneratedSources).HintName);
    }

    [Fact]
    public void A_file_without_mistakes_has_none() =>
        Assert.Empty(SchemaCompilation.Diagnose("# A comment.\n\n" + Head + "  A: int32 0+\n\n  # Another.\n  B: string 1+ nullable=1+ default=null\n"));
}
