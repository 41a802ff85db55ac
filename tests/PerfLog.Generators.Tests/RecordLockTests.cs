using Microsoft.CodeAnalysis;
using PerfLog.Generators.Records.Locking;

namespace PerfLog.Generators.Tests;

/// <summary>Goal: what would make old records or old readers go wrong is an error at its place; all else only asks for the file to be updated.</summary>
public sealed class RecordLockTests
{
    private const string Source = """
        [LogRecord] public partial class Order {
        [Field(1)] public int Id { get; set; }
        [Field(2)] public string Name { get; set; } = "";
        [Field(3)] public Side? Side { get; set; }
        [Field(4)] public string? Note { get; set; }
        }
        public enum Side : byte { Buy = 1, Sell = 2 }
        [LogRecord, Union(1, typeof(Card)), Union(2, typeof(Cash))] public abstract partial record Payment;
        [LogRecord] public partial record Card(int X) : Payment;
        [LogRecord] public partial record Cash(int X) : Payment;
        """;

    private static readonly string Lock = LockOf(Source, "");

    [Fact]
    public void A_source_that_the_lock_file_knows_is_silent() => Assert.Empty(RecordCompilation.Analyze(Source, Lock));

    [Theory]
    [InlineData("PLR101", "Shop.Order.Id", 2, "int Id", "long Id")]
    [InlineData("PLR101", "Shop.Order.Id", 2, "int Id", "int? Id")]
    [InlineData("PLR101", "Shop.Order.Name", 3, "string Name { get; set; } = \"\"", "int[] Name { get; set; } = []")]
    [InlineData("PLR102", "Shop.Order.Note", 5, "string? Note { get; set; }", "string Note { get; set; } = \"\"")]
    [InlineData("PLR103", "Shop.Order.Note", 1, "[Field(4)] public string? Note { get; set; }", "")]
    [InlineData("PLR105", "Shop.Order.Note", 5, "[Field(4)] public string? Note { get; set; }", "[Field(5)] public string? Note { get; set; } [Field(4)] public string? Other { get; set; }")]
    [InlineData("PLR106", "Shop.Order.More", 6, "\n}", "\n[Field(5)] public required int More { get; set; } }")]
    [InlineData("PLR106", "Shop.Order.More", 6, "\n}", "\n[Field(5)] public Card More { get; set; } = new(1); }")]
    [InlineData("PLR107", "Shop.Side.Sell", 7, "Sell = 2", "Sell = 3")]
    [InlineData("PLR107", "Shop.Side", 7, ": byte", ": short")]
    [InlineData("PLR108", "Shop.Payment", 8, ", Union(2, typeof(Cash))", "")]
    [InlineData("PLR108", "Shop.Payment", 8, "Union(1, typeof(Card)), Union(2, typeof(Cash))", "Union(2, typeof(Card)), Union(1, typeof(Cash))")]
    public void An_incompatible_change_is_an_error_at_its_place(string rule, string subject, int line, string was, string @is)
    {
        Assert.Contains(was, Source.ReplaceLineEndings("\n"));
        Diagnostic[] found = [.. RecordCompilation.Analyze(Source.ReplaceLineEndings("\n").Replace(was, @is), Lock).Where(static found => found.Severity == DiagnosticSeverity.Error)];

        Assert.All(found, diagnostic => Assert.Equal(rule, diagnostic.Id));
        Assert.StartsWith($"'{subject}' ", found[0].GetMessage());
        Assert.Equal(("Shop.cs", line + 3), (found[0].Location.GetLineSpan().Path, found[0].Location.GetLineSpan().StartLinePosition.Line + 1));
    }

    [Theory]
    [InlineData("\n}", "\n[Field(5)] public int More { get; set; } }")]
    [InlineData("string? Note", "string? Remark")]
    [InlineData("string Name { get; set; } = \"\"", "string? Name { get; set; }")]
    [InlineData("Sell = 2", "Sell = 2, Short = 3")]
    [InlineData("Sell = 2", "Vend = 2")]
    [InlineData("Card(int X)", "Card(int X, int Y)")]
    public void A_compatible_change_only_asks_for_an_update(string was, string @is)
    {
        string changed = Source.ReplaceLineEndings("\n").Replace(was, @is);

        Diagnostic found = Assert.Single(RecordCompilation.Analyze(changed, Lock));

        Assert.Equal(("PLR120", DiagnosticSeverity.Warning), (found.Id, found.Severity));
        Assert.Empty(RecordCompilation.Analyze(changed, LockOf(changed, Lock)));
    }

    [Fact]
    public void A_field_that_is_gone_may_be_reserved_and_its_id_never_taken_again()
    {
        string reserved = Source.ReplaceLineEndings("\n").Replace("[Field(4)] public string? Note { get; set; }", "").Replace("[LogRecord] public partial class", "[LogRecord, ReservedField(4, typeof(string))] public partial class");
        string updated = LockOf(reserved, Lock);

        Assert.Equal("PLR120", Assert.Single(RecordCompilation.Analyze(reserved, Lock)).Id);
        Assert.Contains("  4 Note text? since 1 reserved 2\n", updated);
        Assert.Empty(RecordCompilation.Analyze(reserved, updated));
        Assert.Equal("PLR104", RecordCompilation.Analyze(Source, updated).First(static found => found.Severity == DiagnosticSeverity.Error).Id);
        Assert.Equal("PLR101", Assert.Single(RecordCompilation.Analyze(reserved.Replace("typeof(string)", "typeof(long)"), updated)).Id);
    }

    [Fact]
    public void A_type_that_is_new_asks_for_an_update() =>
        Assert.Equal("PLR120", Assert.Single(RecordCompilation.Analyze(Source + "[LogRecord] public partial record New(int X);", Lock)).Id);

    [Fact]
    public void A_line_that_is_none_is_an_error_with_its_number()
    {
        Diagnostic found = Assert.Single(RecordCompilation.Analyze(Source, "record Shop.Order version 1\n  1 Id\n"));

        Assert.Equal("PLR110", found.Id);
        Assert.Contains("line 2, '1 Id'", found.GetMessage());
    }

    [Fact]
    public void What_was_written_is_read_the_same() => Assert.Equal(Lock, LockFile.Format(LockFile.Parse(Lock)));

    [Fact]
    public void The_lock_file_keeps_the_history()
    {
        string changed = Source.ReplaceLineEndings("\n").Replace("\n}", "\n[Field(5)] public int More { get; set; } }");

        Assert.Contains("""
            record Shop.Order version 2
              1 Id int32 since 1
              2 Name text since 1
              3 Side enum:Shop.Side? since 1
              4 Note text? since 1
              5 More int32 since 2
            """.ReplaceLineEndings("\n"), LockOf(changed, Lock));
        Assert.Contains("enum Shop.Side uint8 version 1\n  1 Buy since 1\n  2 Sell since 1\n", Lock);
        Assert.Contains("union Shop.Payment version 1\n  1 Card Shop.Card since 1\n  2 Cash Shop.Cash since 1\n", Lock);
    }

    private static string LockOf(string source, string before)
    {
        Compilation compilation = RecordCompilation.Of(source.ReplaceLineEndings("\n"));
        IEnumerable<LockedType> types = new[] { "Order", "Payment", "Card", "Cash", "New" }
            .Select(name => compilation.GetTypeByMetadataName("Shop." + name)).OfType<INamedTypeSymbol>().SelectMany(SourceTypes.Of);
        return LockFile.Format(LockUpdate.Apply(LockFile.Parse(before), types));
    }
}
