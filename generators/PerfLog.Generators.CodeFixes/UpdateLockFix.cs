using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;
using PerfLog.Generators.Records.Locking;
using PerfLog.Generators.Records.Parsing;

namespace PerfLog.Generators.CodeFixes;

/// <summary>Brings the lock file up to the source, for all types that changed compatibly.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class UpdateLockFix : CodeFixProvider
{
    private const string Title = "Update PerfLog.records.lock";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => [LockRules.OutOfDate];

    /// <inheritdoc/>
    public override FixAllProvider? GetFixAllProvider() => null;

    /// <inheritdoc/>
    public override Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        Project project = context.Document.Project;
        context.RegisterCodeFix(
            CodeAction.Create(Title, cancellation => UpdateAsync(project, cancellation), equivalenceKey: Title), context.Diagnostics);
        return Task.CompletedTask;
    }

    private static async Task<Solution> UpdateAsync(Project project, CancellationToken cancellation)
    {
        TextDocument? file = project.AdditionalDocuments.FirstOrDefault(static file => Path.GetFileName(file.FilePath ?? file.Name) == LockFile.Name);
        Compilation? compilation = await project.GetCompilationAsync(cancellation).ConfigureAwait(false);
        if (file is null || compilation is null) return project.Solution;
        SourceText before = await file.GetTextAsync(cancellation).ConfigureAwait(false);
        IEnumerable<LockedType> sources = RecordsIn(compilation.Assembly.GlobalNamespace).SelectMany(SourceTypes.Of);
        string text = LockFile.Format(LockUpdate.Apply(LockFile.Parse(before.ToString()), sources));
        return project.Solution.WithAdditionalDocumentText(file.Id, SourceText.From(text, before.Encoding));
    }

    private static IEnumerable<INamedTypeSymbol> RecordsIn(INamespaceOrTypeSymbol place)
    {
        foreach (INamespaceOrTypeSymbol member in place.GetMembers().OfType<INamespaceOrTypeSymbol>())
        {
            if (member is INamedTypeSymbol type && Marks.Find(type, Marks.LogRecord) is not null) yield return type;
            foreach (INamedTypeSymbol inner in RecordsIn(member)) yield return inner;
        }
    }
}
