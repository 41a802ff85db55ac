using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using PerfLog.Generators.CodeFixes;

namespace PerfLog.Generators.Tests;

/// <summary>Goal: what a fix leaves behind is what the analyzer asked for.</summary>
public sealed class RecordFixTests
{
    private const string Lock = "record Shop.Order version 1\n  1 Id int32 since 1\n  2 Name text since 1\n";

    [Fact]
    public async Task The_lock_file_is_brought_up_to_the_source()
    {
        Project project = ProjectOf("[LogRecord] public partial record Order(int Id, string Name, decimal? Price);");

        Project changed = await FixAsync(project, new UpdateLockFix());

        SourceText text = await changed.AdditionalDocuments.Single().GetTextAsync();
        Assert.Contains("record Shop.Order version 2\n  1 Id int32 since 1\n  2 Name text since 1\n  3 Price decimal? since 2\n", text.ToString());
        Assert.Empty(await DiagnoseAsync(changed));
    }

    [Fact]
    public async Task The_id_of_a_field_that_is_gone_is_reserved()
    {
        Project project = ProjectOf("[LogRecord]\npublic partial record Order(int Id);\n");

        Project changed = await FixAsync(project, new ReserveFieldFix());

        SourceText text = await changed.Documents.Single(static file => file.Name == "Shop.cs").GetTextAsync();
        Assert.Contains("[LogRecord]\n[ReservedField(2, typeof(string))]\npublic partial record Order(int Id);", text.ToString().ReplaceLineEndings("\n"));
        Assert.Equal("PLR120", Assert.Single(await DiagnoseAsync(changed)).Id);
    }

    private static Project ProjectOf(string source)
    {
        Compilation compilation = RecordCompilation.Of(source);
        Project project = new AdhocWorkspace().AddProject("Shop", LanguageNames.CSharp)
            .WithCompilationOptions(compilation.Options)
            .AddMetadataReferences(compilation.References);
        foreach (SyntaxTree tree in compilation.SyntaxTrees) project = project.AddDocument(tree.FilePath, tree.GetText(), filePath: tree.FilePath).Project;
        return project.AddAdditionalDocument("PerfLog.records.lock", Lock, filePath: "/shop/PerfLog.records.lock").Project;
    }

    private static async Task<Project> FixAsync(Project project, CodeFixProvider fix)
    {
        Diagnostic diagnostic = (await DiagnoseAsync(project)).First(found => fix.FixableDiagnosticIds.Contains(found.Id));
        List<CodeAction> actions = [];
        Document document = project.GetDocument(diagnostic.Location.SourceTree)!;
        await fix.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (action, _) => actions.Add(action), CancellationToken.None));
        ImmutableArray<CodeActionOperation> operations = await Assert.Single(actions).GetOperationsAsync(CancellationToken.None);
        return operations.OfType<ApplyChangesOperation>().Single().ChangedSolution.GetProject(project.Id)!;
    }

    private static async Task<ImmutableArray<Diagnostic>> DiagnoseAsync(Project project)
    {
        Compilation compilation = (await project.GetCompilationAsync())!;
        return await compilation.WithAnalyzers([new RecordLockAnalyzer()], project.AnalyzerOptions).GetAnalyzerDiagnosticsAsync();
    }
}
