using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace PerfLog.Generators.Records.Model;

/// <summary>A mistake in a record's declaration, with its place as plain numbers.</summary>
internal sealed record RecordMistake(string Rule, string First, string Second, string Path, TextSpan Span, LinePositionSpan Lines)
{
    public static RecordMistake At(Location? place, string rule, string first, string second = "")
    {
        FileLinePositionSpan lines = place?.GetLineSpan() ?? default;
        return new RecordMistake(rule, first, second, lines.Path ?? "", place?.SourceSpan ?? default, lines.Span);
    }

    public Location Place => Path.Length == 0 ? Location.None : Location.Create(Path, Span, Lines);
}
