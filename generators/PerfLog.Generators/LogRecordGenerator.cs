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
    internal static readonly ImmutableArray<string> Stages = ["Records", "RecordMistakes", "Keys"];

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<ParsedRecord> parsed = context.SyntaxProvider.ForAttributeWithMetadataName(
            Marks.Space + Marks.LogRecord,
            static (node, _) => node is TypeDeclarationSyntax,
            static (declared, _) => RecordParser.Parse((INamedTypeSymbol)declared.TargetSymbol, isEmitted: false));
        IncrementalValuesProvider<RecordModel> records = parsed
            .SelectMany(static (record, _) => record.Model is { } model ? ImmutableArray.Create(model) : [])
            .WithTrackingName(Stages[0]);
        IncrementalValuesProvider<RecordMistake> mistakes = parsed.SelectMany(static (record, _) => record.Mistakes).WithTrackingName(Stages[1]);

        context.RegisterSourceOutput(records, static (output, record) =>
            Add(output, RecordScope.FileName(record.Space, record.Containers, record.Name), RecordEmitter.Emit(record)));
        IncrementalValuesProvider<ParsedKey> parsedKeys = context.SyntaxProvider.ForAttributeWithMetadataName(
            Marks.Space + Marks.PartitionKey,
            static (node, _) => node is TypeDeclarationSyntax,
            static (declared, _) => KeyParser.Parse((INamedTypeSymbol)declared.TargetSymbol));
        IncrementalValuesProvider<KeyModel> keys = parsedKeys
            .SelectMany(static (key, _) => key.Model is { } model ? ImmutableArray.Create(model) : [])
            .WithTrackingName(Stages[2]);
        context.RegisterSourceOutput(keys, static (output, key) => Add(output, RecordScope.FileName(key.Space, key.Containers, key.Name), KeyEmitter.Emit(key)));
        context.RegisterSourceOutput(parsedKeys.SelectMany(static (key, _) => key.Mistakes), Report);
        context.RegisterSourceOutput(mistakes, Report);
    }

    private static void Add(SourceProductionContext output, string name, string source) =>
        output.AddSource(name + ".g.cs", SourceText.From(source, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)));

    private static void Report(SourceProductionContext output, RecordMistake mistake) => output.ReportDiagnostic(
        Diagnostic.Create(RecordRules.Of(mistake.Rule), mistake.Place, mistake.First, mistake.Second));
}
