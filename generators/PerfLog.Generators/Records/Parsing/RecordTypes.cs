using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using PerfLog.Generators.Records.Model;

namespace PerfLog.Generators.Records.Parsing;

/// <summary>Finds out how a C# type lies in a record's bytes.</summary>
internal static class RecordTypes
{
    private static readonly SymbolDisplayFormat Qualified = SymbolDisplayFormat.FullyQualifiedFormat;

    private static readonly Dictionary<SpecialType, (string Lock, int Width)> Numbers = new()
    {
        [SpecialType.System_SByte] = ("int8", 1), [SpecialType.System_Byte] = ("uint8", 1),
        [SpecialType.System_Int16] = ("int16", 2), [SpecialType.System_UInt16] = ("uint16", 2),
        [SpecialType.System_Int32] = ("int32", 4), [SpecialType.System_UInt32] = ("uint32", 4),
        [SpecialType.System_Int64] = ("int64", 8), [SpecialType.System_UInt64] = ("uint64", 8),
        [SpecialType.System_Single] = ("float32", 4), [SpecialType.System_Double] = ("float64", 8),
        [SpecialType.System_Char] = ("char", 2),
    };

    private static readonly Dictionary<string, (string Lock, int Width)> NamedNumbers = new()
    {
        ["System.Guid"] = ("guid", 16), ["System.Half"] = ("float16", 2),
    };

    private static readonly Dictionary<string, (string Slot, string Lock, int Width)> Slots = new()
    {
        ["System.Boolean"] = ("BooleanSlot", "bool", 1),
        ["System.Decimal"] = ("DecimalSlot", "decimal", 16),
        ["System.DateTime"] = ("DateTimeSlot", "datetime", 8),
        ["System.DateTimeOffset"] = ("DateTimeOffsetSlot", "datetimeoffset", 10),
        ["System.DateOnly"] = ("DateOnlySlot", "date", 4),
        ["System.TimeOnly"] = ("TimeOnlySlot", "time", 8),
        ["System.TimeSpan"] = ("TimeSpanSlot", "timespan", 8),
    };

    /// <summary>The type as a field's; null, and why, when it cannot be one.</summary>
    public static RecordTypeModel? Of(ITypeSymbol type, out string why)
    {
        why = "";
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } optional)
            return Of(optional.TypeArguments[0], out why) is { } inner ? inner with { IsNullable = true } : null;
        RecordTypeModel? model = OfSingle(type) ?? OfList(type, out why);
        if (model is null && why.Length == 0) why = $"{type.ToDisplayString()} is neither a type that records know nor a [LogRecord]";
        bool isNullable = type.IsReferenceType && type.NullableAnnotation == NullableAnnotation.Annotated;
        return isNullable ? model is null ? null : model with { IsNullable = true } : model;
    }

    /// <summary>The name that stands for a record type in its bytes and in the lock file; null when it is none.</summary>
    public static string? SchemaNameOf(ITypeSymbol type)
    {
        AttributeData? mark = Marks.Find(type, Marks.LogRecord);
        if (mark is null) return null;
        return mark.NamedArguments.FirstOrDefault(static argument => argument.Key == "Name").Value.Value as string ?? PlainName(type);
    }

    public static string PlainName(ITypeSymbol type) =>
        type.ToDisplayString(SymbolDisplayFormat.CSharpErrorMessageFormat.WithMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.None));

    public static string QualifiedName(ITypeSymbol type) => type.WithNullableAnnotation(NullableAnnotation.NotAnnotated).ToDisplayString(Qualified);

    private static RecordTypeModel? OfSingle(ITypeSymbol type)
    {
        string name = QualifiedName(type);
        string plain = PlainName(type.WithNullableAnnotation(NullableAnnotation.NotAnnotated));
        if (type.SpecialType == SpecialType.System_String) return new(RecordShape.Text, name, "uint", RecordTypeModel.PartSlotWidth, false, false, "text");
        if (Numbers.TryGetValue(type.SpecialType, out (string Lock, int Width) number) || NamedNumbers.TryGetValue(plain, out number))
            return new(RecordShape.Number, name, name, number.Width, false, true, number.Lock);
        if (Slots.TryGetValue(plain, out (string Slot, string Lock, int Width) slot))
            return new(RecordShape.Slot, name, slot.Slot, slot.Width, false, true, slot.Lock);
        if (type is INamedTypeSymbol { TypeKind: TypeKind.Enum, EnumUnderlyingType: { } underlying })
            return new(RecordShape.Enum, name, QualifiedName(underlying), Numbers[underlying.SpecialType].Width, false, true, $"enum:{plain}");
        if (SchemaNameOf(type) is string schema)
            return new(RecordShape.Record, name, "uint", RecordTypeModel.PartSlotWidth, false, type.IsValueType, $"record:{schema}");
        return null;
    }

    private static RecordTypeModel? OfList(ITypeSymbol type, out string why)
    {
        why = "";
        (ListKind kind, ITypeSymbol? element) = ListOf(type);
        if (element is null) return null;
        RecordTypeModel? item = OfSingle(element);
        bool isNullable = element.NullableAnnotation == NullableAnnotation.Annotated;
        if (item is null || isNullable)
        {
            why = $"a list's elements can be single values and records that are not null, and {element.ToDisplayString()} is neither";
            return null;
        }

        bool isBytes = element.SpecialType == SpecialType.System_Byte;
        if (kind == ListKind.Memory && !isBytes) return null;
        bool isValueType = kind is ListKind.Immutable or ListKind.Memory;
        return new(
            RecordShape.List, QualifiedName(type), "uint", RecordTypeModel.PartSlotWidth, false, isValueType,
            isBytes ? "bytes" : $"list<{item.LockName}>", kind, item);
    }

    private static (ListKind Kind, ITypeSymbol? Element) ListOf(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol { Rank: 1 } array => (ListKind.Array, array.ElementType),
        INamedTypeSymbol { TypeArguments.Length: 1 } named => PlainName(named.OriginalDefinition) switch
        {
            "System.Collections.Generic.List<T>" => (ListKind.List, named.TypeArguments[0]),
            "System.Collections.Immutable.ImmutableArray<T>" => (ListKind.Immutable, named.TypeArguments[0]),
            "System.ReadOnlyMemory<T>" => (ListKind.Memory, named.TypeArguments[0]),
            _ => default,
        },
        _ => default,
    };
}
