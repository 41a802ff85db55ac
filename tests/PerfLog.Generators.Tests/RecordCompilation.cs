using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace PerfLog.Generators.Tests;

/// <summary>Runs the record generator, and the analyzer of the lock file, over source texts.</summary>
internal static class RecordCompilation
{
    public const string Head = "#nullable enable\nusing System; using System.Collections.Generic; using PerfLog.Records;\nnamespace Shop;\n";

    // The attributes by name are all that the generator looks at; the emitted code is compiled in the tests of the records.
    private const string Attributes = """
        using System;
        namespace PerfLog.Records;
        public sealed class LogRecordAttribute : Attribute { public string? Name { get; set; } }
        [AttributeUsage(AttributeTargets.All)] public sealed class FieldAttribute(int id) : Attribute { public int Id => id; }
        [AttributeUsage(AttributeTargets.All, AllowMultiple = true)] public sealed class ReservedFieldAttribute(int id, Type type) : Attribute { public (int, Type) Both => (id, type); }
        [AttributeUsage(AttributeTargets.All, AllowMultiple = true)] public sealed class UnionAttribute(int tag, Type type) : Attribute { public (int, Type) Both => (tag, type); }
        [AttributeUsage(AttributeTargets.All)] public sealed class PartitionKeyAttribute : Attribute;
        """;

    private static readonly CSharpCompilation Base = CSharpCompilation.Create(
        "Shop",
        [CSharpSyntaxTree.ParseText(Attributes, path: "Attributes.cs")],
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal) || path.EndsWith("netstandard.dll", StringComparison.Ordinal))
            .Select(static path => MetadataReference.CreateFromFile(path)),
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    public static CSharpCompilation Of(string source) => Base.AddSyntaxTrees(CSharpSyntaxTree.ParseText(Head + source, path: "Shop.cs"));

    public static GeneratorDriver Driver() => CSharpGeneratorDriver.Create(
        [new LogRecordGenerator().AsSourceGenerator()],
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    public static GeneratorRunResult Run(string source) => Driver().RunGenerators(Of(source)).GetRunResult().Results.Single();

    public static string Emit(string source, string name)
    {
        GeneratorRunResult result = Run(source);
        Assert.Empty(result.Diagnostics);
        GeneratedSourceResult emitted = result.GeneratedSources.Single(emitted => emitted.HintName == $"Shop.{name}.g.cs");
        Assert.Empty(emitted.SyntaxTree.GetDiagnostics());
        return emitted.SourceText.ToString();
    }

    public static ImmutableArray<Diagnostic> Analyze(string source, string lockText)
    {
        AnalyzerOptions options = new([new SchemaText("/shop/PerfLog.records.lock", lockText)]);
        // As in a build, in which the analyzer sees what the generator emitted.
        Driver().RunGeneratorsAndUpdateCompilation(Of(source), out Compilation emitted, out _);
        return emitted.WithAnalyzers([new RecordLockAnalyzer()], options).GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult();
    }
}
