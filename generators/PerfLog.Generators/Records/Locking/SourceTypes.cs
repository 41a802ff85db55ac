using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using PerfLog.Generators.Records.Model;
using PerfLog.Generators.Records.Parsing;

namespace PerfLog.Generators.Records.Locking;

/// <summary>A record type of the source, and the enums that it uses, as the lock file would have them.</summary>
internal static class SourceTypes
{
    /// <summary>Nothing for a type whose declaration has mistakes: those are reported first.</summary>
    public static IEnumerable<LockedType> Of(INamedTypeSymbol type)
    {
        if (RecordParser.Parse(type, isEmitted: true).Model is not { } model) yield break;
        yield return model.IsUnion ? Union(model) : Record(model);
        foreach (INamedTypeSymbol number in EnumsOf(type)) yield return Enum(number);
    }

    public static IEnumerable<INamedTypeSymbol> EnumsOf(INamedTypeSymbol type) => RecordMembers.Of(type, RecordMembers.Constructor(type))
        .Select(static member => Innermost(member.Type))
        .OfType<INamedTypeSymbol>()
        .Where(static inner => inner.TypeKind == TypeKind.Enum)
        .Distinct<INamedTypeSymbol>(SymbolEqualityComparer.Default);

    public static LockedType Enum(INamedTypeSymbol type)
    {
        string underlying = RecordTypes.Of(type.EnumUnderlyingType!, out _)!.LockName;
        // Two names for one value: the first stands for both.
        IEnumerable<LockedLine> values = type.GetMembers().OfType<IFieldSymbol>().Where(static value => value.HasConstantValue)
            .GroupBy(static value => unchecked((long)Convert.ToDecimal(value.ConstantValue, CultureInfo.InvariantCulture)))
            .Select(static same => new LockedLine(same.Key, same.First().Name, "", false, 1, 0));
        return new(LockedKind.Enum, RecordTypes.PlainName(type), underlying, 1, new(values.OrderBy(static value => value.Id)));
    }

    private static LockedType Record(RecordModel model) => new(
        LockedKind.Record, model.SchemaName, "", 1, new(model.Fields.Select(static field => new LockedLine(
            field.Id, field.Name, field.Type.LockNameOrNull, IsDemanded(field), 1, field.IsReserved ? 1 : 0))));

    private static LockedType Union(RecordModel model) => new(
        LockedKind.Union, model.SchemaName, "", 1, new(model.Cases.Select(static @case => new LockedLine(
            @case.Tag, @case.Name, @case.LockName, false, 1, 0))));

    // A record that is not there cannot be made up, as an empty text or list can.
    private static bool IsDemanded(RecordFieldModel field) =>
        !field.IsReserved && (field.IsRequired || (field.Type.Shape == RecordShape.Record && !field.Type.IsNullable));

    private static ITypeSymbol Innermost(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => array.ElementType,
        INamedTypeSymbol { TypeArguments.Length: 1 } generic => generic.TypeArguments[0],
        _ => type,
    };
}
