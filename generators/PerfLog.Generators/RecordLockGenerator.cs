using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using PerfLog.Generators.Model;
using PerfLog.Generators.Records.Locking;
using PerfLog.Generators.Records.Parsing;

namespace PerfLog.Generators;

/// <summary>
/// When a build is asked to (<c>-p:PerfLogUpdateLock=true</c>), gives the lock file as it should be, as comments in a source
/// file, from which the build writes it: a generator may not write files itself.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class RecordLockGenerator : IIncrementalGenerator
{
    internal const string LinePrefix = "//|";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValueProvider<bool> isAsked = context.AnalyzerConfigOptionsProvider.Select(static (options, _) =>
            options.GlobalOptions.TryGetValue(RecordLockAnalyzer.UpdateProperty, out string? value) && value == "true");
        IncrementalValueProvider<ImmutableArray<LockedType>> types = context.SyntaxProvider.ForAttributeWithMetadataName(
            Marks.Space + Marks.LogRecord,
            static (node, _) => node is TypeDeclarationSyntax,
            static (declared, _) => new EquatableArray<LockedType>(SourceTypes.Of((INamedTypeSymbol)declared.TargetSymbol)))
            .SelectMany(static (all, _) => all).Collect();
        IncrementalValueProvider<string> file = context.AdditionalTextsProvider.Where(LockFile.Is)
            .Select(static (text, cancellation) => text.GetText(cancellation)?.ToString() ?? "").Collect()
            .Select(static (texts, _) => texts.FirstOrDefault() ?? "");
        context.RegisterSourceOutput(isAsked.Combine(types).Combine(file), static (output, input) =>
        {
            if (input.Left.Left) Emit(output, input.Left.Right, input.Right);
        });
    }

    private static void Emit(SourceProductionContext output, IEnumerable<LockedType> types, string before)
    {
        try
        {
            string text = LockFile.Format(LockUpdate.Apply(LockFile.Parse(before), types));
            string comments = string.Concat(text.Split('\n').Select(static line => $"{LinePrefix}{line}\n"));
            output.AddSource(LockFile.Name + ".g.cs", SourceText.From(comments, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)));
        }
        catch (FormatException)
        {
            // The analyzer says what is wrong with the file; it is not written over.
        }
    }
}
