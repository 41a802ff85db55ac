using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace PerfLog.Generators.Records.Parsing;

/// <summary>A member that can hold a field.</summary>
/// <param name="Symbol">The property or the field.</param>
/// <param name="Type">Its type.</param>
/// <param name="IsSettable">Whether it can be set, or initialized, from within the type.</param>
/// <param name="IsRequired">Whether it is <c>required</c>.</param>
/// <param name="Parameter">The primary constructor's parameter of that name.</param>
internal sealed record RecordMember(ISymbol Symbol, ITypeSymbol Type, bool IsSettable, bool IsRequired, IParameterSymbol? Parameter)
{
    public AttributeData? FieldMark => Marks.Find(Symbol, Marks.Field) ?? (Parameter is null ? null : Marks.Find(Parameter, Marks.Field));

    public bool IsKey => Marks.Find(Symbol, Marks.PartitionKey) is not null
        || (Parameter is not null && Marks.Find(Parameter, Marks.PartitionKey) is not null);

    public Location? Place => Symbol.Locations.FirstOrDefault();
}

/// <summary>Walks a record type's members in the order of their declaration, those of its base types first.</summary>
internal static class RecordMembers
{
    public static IEnumerable<RecordMember> Of(INamedTypeSymbol type, IMethodSymbol? constructor)
    {
        foreach (INamedTypeSymbol level in Levels(type))
        {
            foreach (ISymbol symbol in level.GetMembers().Where(static member => !member.IsStatic))
            {
                if (symbol is IPropertySymbol { IsIndexer: false, GetMethod: not null } property && property.Name != "EqualityContract" && !property.IsOverride)
                    yield return new(property, property.Type, IsReachable(property.SetMethod, type), property.IsRequired, ParameterOf(constructor, property.Name));
                if (symbol is IFieldSymbol { AssociatedSymbol: null, IsConst: false, IsImplicitlyDeclared: false } field && IsReachable(field, type))
                    yield return new(field, field.Type, !field.IsReadOnly, field.IsRequired, ParameterOf(constructor, field.Name));
            }
        }
    }

    /// <summary>The constructor that takes fields: the one with most parameters that are all members, besides the copying one.</summary>
    public static IMethodSymbol? Constructor(INamedTypeSymbol type)
    {
        HashSet<string> names = [.. Of(type, null).Select(static member => member.Symbol.Name.ToLowerInvariant())];
        return type.InstanceConstructors
            .Where(constructor => constructor.Parameters.Length > 0
                && constructor.Parameters.All(parameter => names.Contains(parameter.Name.ToLowerInvariant())))
            .OrderByDescending(static constructor => constructor.Parameters.Length)
            .FirstOrDefault();
    }

    private static IParameterSymbol? ParameterOf(IMethodSymbol? constructor, string name) =>
        constructor?.Parameters.FirstOrDefault(parameter => string.Equals(parameter.Name, name, System.StringComparison.OrdinalIgnoreCase));

    private static bool IsReachable(ISymbol? symbol, INamedTypeSymbol type) => symbol is not null
        && (SymbolEqualityComparer.Default.Equals(symbol.ContainingType, type) || symbol.DeclaredAccessibility != Accessibility.Private);

    private static IEnumerable<INamedTypeSymbol> Levels(INamedTypeSymbol type)
    {
        Stack<INamedTypeSymbol> levels = [];
        for (INamedTypeSymbol? level = type; level is not null && level.SpecialType is not (SpecialType.System_Object or SpecialType.System_ValueType); level = level.BaseType)
            levels.Push(level);
        return levels;
    }
}
