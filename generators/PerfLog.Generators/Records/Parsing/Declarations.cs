using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PerfLog.Generators.Records.Parsing;

/// <summary>How a type is declared in C#.</summary>
internal static class Declarations
{
    public static IEnumerable<INamedTypeSymbol> SelfAndContainers(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? level = type; level is not null; level = level.ContainingType) yield return level;
    }

    public static IEnumerable<INamedTypeSymbol> SelfAndBases(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? level = type; level is not null; level = level.BaseType) yield return level;
    }

    public static IEnumerable<string> Containers(INamedTypeSymbol type) =>
        SelfAndContainers(type).Skip(1).Reverse().Select(static container => $"partial {Keyword(container)} {container.Name}");

    public static bool IsPartial(INamedTypeSymbol type) => type.DeclaringSyntaxReferences
        .Select(static reference => reference.GetSyntax())
        .OfType<TypeDeclarationSyntax>()
        .Any(static declaration => declaration.Modifiers.Any(SyntaxKind.PartialKeyword));

    public static string Keyword(INamedTypeSymbol type) => (type.IsRecord, type.IsValueType) switch
    {
        (true, true) => "record struct",
        (true, false) => "record",
        (false, true) => "struct",
        _ => "class",
    };
}
