using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using PerfLog.Generators.Emitting;
using PerfLog.Generators.Model;
using PerfLog.Generators.Parsing;

namespace PerfLog.Generators;

/// <summary>
/// Turns message schemas (<c>*.msg</c> among the additional files) into message classes and views. The stages are parse,
/// model, emit; what passes between them compares by value, so that an edit elsewhere regenerates nothing.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class ProtocolGenerator : IIncrementalGenerator
{
    /// <summary>The names under which the stages are tracked.</summary>
    internal static readonly ImmutableArray<string> Stages = ["Schemas", "Messages", "Mistakes", "Apis"];

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<SchemaFile> schemas = context.AdditionalTextsProvider
            .Where(static file => file.Path.EndsWith(".msg", System.StringComparison.Ordinal))
            .Select(static (file, cancellation) => SchemaParser.Parse(file.Path, file.GetText(cancellation)?.ToString() ?? ""))
            .WithTrackingName(Stages[0]);
        IncrementalValuesProvider<MessageModel> messages = schemas.SelectMany(static (file, _) => file.Messages).WithTrackingName(Stages[1]);
        IncrementalValuesProvider<SchemaMistake> mistakes = schemas.SelectMany(static (file, _) => file.Mistakes).WithTrackingName(Stages[2]);
        IncrementalValueProvider<EquatableArray<ApiModel>> apis = schemas
            .SelectMany(static (file, _) => file.Apis)
            .Collect()
            .Select(static (all, _) => new EquatableArray<ApiModel>(all.OrderBy(static api => api.Number).ThenBy(static api => api.Kind)))
            .WithTrackingName(Stages[3]);

        context.RegisterSourceOutput(messages, EmitMessage);
        context.RegisterSourceOutput(mistakes, static (output, mistake) => Report(output, mistake));
        context.RegisterSourceOutput(apis, EmitApis);
    }

    private static void EmitMessage(SourceProductionContext output, MessageModel message)
    {
        Add(output, message.Name, MessageEmitter.Emit(message));
        if (message.HasView) Add(output, message.Name + "View", ViewEmitter.Emit(message));
    }

    private static void EmitApis(SourceProductionContext output, EquatableArray<ApiModel> apis)
    {
        List<ApiModel> requests = [.. apis.Where(static api => api.Kind == "request")];
        foreach (SchemaMistake mistake in ApiRules.Check(apis)) Report(output, mistake);
        if (requests.Count == 0) return;
        Add(output, "ApiKey", ApiKeyEmitter.EmitKeys(requests));
        Add(output, "ApiVersionCatalogue", ApiKeyEmitter.EmitVersions(requests));
    }

    private static void Add(SourceProductionContext output, string name, string source) =>
        output.AddSource(name + ".g.cs", SourceText.From(source, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)));

    private static void Report(SourceProductionContext output, SchemaMistake mistake)
    {
        LinePosition start = new(mistake.Line, 0);
        Location place = Location.Create(mistake.Path, default, new LinePositionSpan(start, new LinePosition(mistake.Line, mistake.Length)));
        output.ReportDiagnostic(Diagnostic.Create(SchemaRules.Of(mistake.Rule), place, mistake.First, mistake.Second));
    }
}
