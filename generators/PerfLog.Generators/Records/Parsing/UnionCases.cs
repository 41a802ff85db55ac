using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using PerfLog.Generators.Records.Model;

namespace PerfLog.Generators.Records.Parsing;

/// <summary>Reads the cases of a union.</summary>
internal static class UnionCases
{
    public static IEnumerable<RecordCaseModel> Read(INamedTypeSymbol type, List<RecordMistake> mistakes)
    {
        List<RecordCaseModel> cases = [];
        foreach (AttributeData mark in Marks.All(type, Marks.Union))
        {
            if (mark.ConstructorArguments.ElementAtOrDefault(0).Value is not int tag || mark.ConstructorArguments.ElementAtOrDefault(1).Value is not INamedTypeSymbol @case) continue;
            string? why = Fault(type, tag, @case, cases);
            if (why is null) cases.Add(new(tag, @case.Name, RecordTypes.QualifiedName(@case), RecordTypes.SchemaNameOf(@case)!));
            else mistakes.Add(RecordMistake.At(Marks.PlaceOf(mark), RecordRules.BadUnion, type.Name, why));
        }

        return cases.OrderBy(static @case => @case.Tag);
    }

    private static string? Fault(INamedTypeSymbol type, int tag, INamedTypeSymbol @case, List<RecordCaseModel> cases)
    {
        if (!type.IsAbstract) return "it is not abstract";
        if (tag is < 1 or > ushort.MaxValue) return $"tag {tag} is not between 1 and 65535";
        if (cases.Any(other => other.Tag == tag)) return $"tag {tag} is given twice";
        if (cases.Any(other => other.Name == @case.Name)) return $"it has two cases named {@case.Name}";
        if (RecordTypes.SchemaNameOf(@case) is null) return $"{@case.Name} is no [LogRecord]";
        return Declarations.SelfAndBases(@case).Skip(1).Contains(type, SymbolEqualityComparer.Default) ? null : $"{@case.Name} is not derived from it";
    }
}
