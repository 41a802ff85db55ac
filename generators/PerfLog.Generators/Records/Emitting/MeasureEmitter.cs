using System.Linq;
using PerfLog.Generators.Emitting;
using PerfLog.Generators.Records.Model;

namespace PerfLog.Generators.Records.Emitting;

/// <summary>Writes <c>Measure</c>, which tells how much room a record needs.</summary>
internal static class MeasureEmitter
{
    public static void Emit(CodeWriter code, RecordModel record)
    {
        RecordFieldModel[] parts = [.. record.LiveFields.Where(static field => !field.Type.IsFixed)];
        code.Line("/// <summary>The size of a record: what it is, or what it can be at most.</summary>");
        if (parts.Length == 0)
        {
            code.Line($"public static long Measure({RecordScope.Passed(record)} value, bool exactly) => HeadBytes;");
            code.Blank();
            return;
        }

        code.Open($"public static long Measure({RecordScope.Passed(record)} value, bool exactly)");
        if (record.IsRecursive) code.Line($"if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw LogRecordWriter.TooDeep(\"{record.SchemaName}\");");
        code.Line("long size = HeadBytes;");
        foreach (RecordFieldModel field in parts) EmitPart(code, record, field);
        code.Line("return size;");
        code.Close();
        foreach (RecordFieldModel field in parts.Where(FieldValues.IsRecordList)) EmitList(code, record, field);
    }

    private static void EmitPart(CodeWriter code, RecordModel record, RecordFieldModel field)
    {
        string value = $"value.{field.Name}";
        if (field.Type.Shape == RecordShape.Text)
            code.Line($"size += LogRecordWriter.Size({value}, exactly);");
        else if (field.Type.IsNullable)
            code.Line($"if ({value} is {{ }} {FieldValues.Local(field)}) size += {Size(field, FieldValues.Local(field))};");
        else
            code.Line($"size += {Size(field, field.Type.IsValueType ? value : $"({FieldValues.OrThrow(record, field, value)})")};");
    }

    private static string Size(RecordFieldModel field, string value)
    {
        if (field.Type.Shape == RecordShape.Record) return $"{field.Type.Name}.Serde.Measure({Unwrapped(value)}, exactly)";
        RecordTypeModel element = field.Type.Element!;
        return element.Shape switch
        {
            RecordShape.Text => $"LogRecordWriter.Size({FieldValues.Span(field, Unwrapped(value))}, exactly)",
            RecordShape.Record => $"Measure{field.Name}({FieldValues.Span(field, Unwrapped(value))}, exactly)",
            _ => $"{value}.{(field.Type.Kind == ListKind.List ? "Count" : "Length")}{(element.Width == 1 ? "" : $" * {element.Width}L")}",
        };
    }

    // An argument needs no parentheses of its own.
    private static string Unwrapped(string value) => value[0] == '(' ? value.Substring(1, value.Length - 2) : value;

    private static void EmitList(CodeWriter code, RecordModel record, RecordFieldModel field)
    {
        RecordTypeModel element = field.Type.Element!;
        code.Open($"private static long Measure{field.Name}(ReadOnlySpan<{element.Name}> items, bool exactly)");
        code.Line("long size = LogRecordWriter.TableSize(items.Length);");
        string item = element.IsValueType ? "item" : $"item ?? throw LogRecordWriter.NullOf({FieldValues.Literal(record, field)})";
        string each = element.IsValueType ? $"ref readonly {element.Name}" : element.Name;
        code.Line($"foreach ({each} item in items) size += {element.Name}.Serde.Measure({item}, exactly);");
        code.Line("return size;");
        code.Close();
    }
}
