using PerfLog.Generators.Records.Model;

namespace PerfLog.Generators.Records.Emitting;

/// <summary>C# for a field's value. Pure.</summary>
internal static class FieldValues
{
    /// <summary>The field's name as errors say it, as a literal.</summary>
    public static string Literal(RecordModel record, RecordFieldModel field) => $"\"{record.SchemaName}.{field.Name}\"";

    /// <summary>A variable that holds the field's value.</summary>
    public static string Local(RecordFieldModel field) => char.ToLowerInvariant(field.Name[0]) + field.Name.Substring(1) + "Value";

    public static bool IsRecordList(RecordFieldModel field) => field.Type is { Shape: RecordShape.List, Element.Shape: RecordShape.Record };

    /// <summary>A list as a span of its elements.</summary>
    public static string Span(RecordFieldModel field, string value) => field.Type.Kind switch
    {
        ListKind.List => $"CollectionsMarshal.AsSpan({value})",
        ListKind.Immutable => $"{value}.AsSpan()",
        ListKind.Memory => $"{value}.Span",
        _ => value,
    };

    /// <summary>What reads as null although its type says that it cannot be: a struct never does.</summary>
    public static string OrThrow(RecordModel record, RecordFieldModel field, string value) =>
        field.Type.IsValueType ? value : $"{value} ?? throw LogRecordWriter.NullOf({Literal(record, field)})";
}
