using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace PerfLog.Generators.Tests;

/// <summary>Runs the generator over schema texts, without a project around it.</summary>
internal static class SchemaCompilation
{
    public static readonly CSharpCompilation Empty = CSharpCompilation.Create("Empty");

    public static GeneratorDriver Driver(params (string Path, string Text)[] schemas) => CSharpGeneratorDriver.Create(
        [new ProtocolGenerator().AsSourceGenerator()],
        schemas.Select(static schema => (AdditionalText)new SchemaText(schema.Path, schema.Text)),
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    public static GeneratorRunResult Run(params (string Path, string Text)[] schemas) =>
        Driver(schemas).RunGenerators(Empty).GetRunResult().Results.Single();

    /// <summary>The source emitted under a name, checked to be C#.</summary>
    public static string Emit(string schema, string name)
    {
        GeneratorRunResult result = Run(("Test.msg", schema));
        Assert.Empty(result.Diagnostics);
        GeneratedSourceResult source = result.GeneratedSources.Single(source => source.HintName == name + ".g.cs");
        Assert.Empty(source.SyntaxTree.GetDiagnostics());
        return source.SourceText.ToString();
    }

    public static ImmutableArray<Diagnostic> Diagnose(string schema) => Run(("Test.msg", schema)).Diagnostics;
}

/// <summary>A schema file that exists in memory only.</summary>
internal sealed class SchemaText(string path, string text) : AdditionalText
{
    public override string Path { get; } = path;

    public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
}
