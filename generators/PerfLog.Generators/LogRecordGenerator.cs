using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using PerfLog.Generators.Records;
using PerfLog.Generators.Records.Emitting;
using PerfLog.Generators.Records.Model;
using PerfLog.Generators.Records.Parsing;

namespace PerfLog.Generators;

/// <summary>
/// Turns record types (<c>[LogRecord]</c>) into serdes and views. The stages are parse, model, emit; what passes between them
/// compares by value, so that an edit elsewhere emits nothing anew.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class LogRecordGenerator : IIncrementalGenerator
{
    /// <summary>The names under which the stages are tracked.</summary>
    internal static readonly ImmutableArray<string> Stages = ["Records", "RecordMistakes"];

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<ParsedRecord> parsed = context.SyntaxProvider.ForAttributeWithMetadataName(
            Marks.Space + Marks.LogRecord,
            static (node, _) => node is TypeDeclarationSyntax,
            static (declared, _) => RecordParser.Parse((INamedTypeSymbol)declared.TargetSymbol));
        IncrementalValuesProvider<RecordModel> records = parsed
            .SelectMany(static (record, _) => record.Model is { } model ? ImmutableArray.Create(model) : [])
            .WithTrackingName(Stages[0]);
        IncrementalValuesProvider<RecordMistake> mistakes = parsed.SelectMany(static (record, _) => record.Mistakes).WithTrackingName(Stages[1]);

        context.RegisterSourceOutput(records, static (output, record) => output.AddSource(
            RecordScope.FileName(record.Space, record.Containers, record.Name) + ".g.cs",
            SourceText.From(RecordEmitter.Emit(record), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false))));
        context.RegisterSourceOutput(mistakes, static (output, mistake) => output.ReportDiagnostic(
            Diagnostic.Create(RecordRules.Of(mistake.Rule), mistake.Place, mistake.First, mistake.Second)));
    }
}
