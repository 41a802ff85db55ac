using System.Collections.Immutable;
using System.Composition;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using PerfLog.Generators.Records.Locking;

namespace PerfLog.Generators.CodeFixes;

/// <summary>Reserves the id of a field that is gone.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class ReserveFieldFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => [LockRules.Removed];

    /// <inheritdoc/>
    public override FixAllProvider? GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            TypeDeclarationSyntax? type = root?.FindNode(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<TypeDeclarationSyntax>();
            if (type is null || !diagnostic.Properties.TryGetValue(RecordLockAnalyzer.ReservationKey, out string? reservation) || reservation is not { Length: > 0 }) continue;
            string attribute = $"ReservedField({diagnostic.Properties[RecordLockAnalyzer.IdKey]}, typeof({reservation}))";
            context.RegisterCodeFix(
                CodeAction.Create($"Add [{attribute}]", _ => Task.FromResult(Add(context.Document, root!, type, attribute)), equivalenceKey: attribute),
                diagnostic);
        }
    }

    private static Document Add(Document document, SyntaxNode root, TypeDeclarationSyntax type, string attribute)
    {
        AttributeListSyntax list = SyntaxFactory.ParseCompilationUnit($"[{attribute}] class Holder;").Members[0].AttributeLists[0]
            .WithTrailingTrivia(SyntaxFactory.ElasticLineFeed)
            .WithAdditionalAnnotations(Formatter.Annotation);
        TypeDeclarationSyntax marked = (TypeDeclarationSyntax)type.WithAttributeLists(type.AttributeLists.Add(list));
        return document.WithSyntaxRoot(root.ReplaceNode(type, marked));
    }
}
