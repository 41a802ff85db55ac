using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace PerfLog.Generators.Records.Parsing;

/// <summary>Finds record types that can contain themselves: bytes decide how deep such a record is, so reading it needs a bound.</summary>
internal static class RecordCycles
{
    public static bool ContainsItself(INamedTypeSymbol type)
    {
        HashSet<ITypeSymbol> seen = new(SymbolEqualityComparer.Default);
        Stack<ITypeSymbol> open = new(Contained(type));
        while (open.Count > 0)
        {
            ITypeSymbol next = open.Pop();
            if (SymbolEqualityComparer.Default.Equals(next, type)) return true;
            if (seen.Add(next)) foreach (ITypeSymbol inner in Contained(next)) open.Push(inner);
        }

        return false;
    }

    private static IEnumerable<ITypeSymbol> Contained(ITypeSymbol type)
    {
        if (type is not INamedTypeSymbol named || RecordTypes.SchemaNameOf(type) is null) return [];
        IEnumerable<ITypeSymbol> cases = Marks.All(type, Marks.Union).Select(static mark => mark.ConstructorArguments.ElementAtOrDefault(1).Value).OfType<ITypeSymbol>();
        return RecordMembers.Of(named, null).Select(static member => Innermost(member.Type)).Concat(cases)
            .Where(static inner => RecordTypes.SchemaNameOf(inner) is not null);
    }

    private static ITypeSymbol Innermost(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => array.ElementType.WithNullableAnnotation(NullableAnnotation.NotAnnotated),
        INamedTypeSymbol { TypeArguments.Length: 1 } generic => generic.TypeArguments[0].WithNullableAnnotation(NullableAnnotation.NotAnnotated),
        _ => type.WithNullableAnnotation(NullableAnnotation.NotAnnotated),
    };
}
