using Microsoft.CodeAnalysis;

namespace PerfLog.Generators.Tests;

/// <summary>Goal: each mistake in a record's declaration is one error with its rule, its file and its line.</summary>
public sealed class RecordMistakeTests
{
    [Theory]
    [InlineData("PLR001", 1, "[LogRecord] public record A(int X);")]
    [InlineData("PLR001", 1, "public class B {\n[LogRecord] public partial record A(int X); }")]
    [InlineData("PLR002", 1, "[LogRecord] public partial record A(object X);")]
    [InlineData("PLR002", 1, "[LogRecord] public partial record A(int[][] X);")]
    [InlineData("PLR002", 1, "[LogRecord] public partial record A(List<string?> X);")]
    [InlineData("PLR002", 1, "[LogRecord] public partial record A(Dictionary<int, int> X);")]
    [InlineData("PLR003", 3, "[LogRecord] public partial class A {\n[Field(1)] public int X { get; set; }\n[Field(1)] public int Y { get; set; } }")]
    [InlineData("PLR003", 1, "[LogRecord, ReservedField(1, typeof(int))] public partial class A {\n[Field(1)] public int X { get; set; } }")]
    [InlineData("PLR004", 1, "[LogRecord] public partial class A {\n[Field(1)] public int X { get; set; }\n[Field(3)] public int Y { get; set; } }")]
    [InlineData("PLR004", 1, "[LogRecord] public partial class A {\n[Field(0)] public int X { get; set; } }")]
    [InlineData("PLR005", 1, "[LogRecord] public partial class A(string other) {\n[Field(1)] public int X { get; set; } = other.Length; }")]
    [InlineData("PLR006", 2, "[LogRecord] public partial class A {\n[Field(1)] public int X => 3; }")]
    [InlineData("PLR007", 1, "[LogRecord] public abstract partial record A(int X);")]
    [InlineData("PLR007", 1, "[LogRecord, Union(1, typeof(string))] public abstract partial record A;")]
    [InlineData("PLR007", 1, "[LogRecord, Union(0, typeof(B))] public abstract partial record A; [LogRecord] public partial record B(int X) : A;")]
    [InlineData("PLR007", 1, "[LogRecord, Union(1, typeof(B))] public abstract partial record A; [LogRecord] public partial record B(int X);")]
    [InlineData("PLR008", 1, "[LogRecord] public partial record A(int View);")]
    [InlineData("PLR008", 1, "[LogRecord] public partial record A(string X, int XUtf8);")]
    [InlineData("PLR009", 1, "[LogRecord] public partial record A<T>(int X);")]
    [InlineData("PLR010", 1, "[LogRecord] public partial class A;")]
    [InlineData("PLR012", 1, "[PartitionKey] public partial record struct A(double X);")]
    [InlineData("PLR012", 1, "[PartitionKey, LogRecord] public partial record struct A(int X);")]
    public void A_mistake_is_an_error_with_file_and_line(string rule, int line, string source)
    {
        Diagnostic diagnostic = Assert.Single(RecordCompilation.Run(source).Diagnostics);

        Assert.Equal(rule, diagnostic.Id);
        Assert.Equal(DiagnosticSeverity.Error, diagnostic.Severity);
        Assert.Equal("Shop.cs", diagnostic.Location.GetLineSpan().Path);
        Assert.Equal(line + RecordCompilation.Head.Count(static letter => letter == '\n'), diagnostic.Location.GetLineSpan().StartLinePosition.Line + 1);
    }
}
