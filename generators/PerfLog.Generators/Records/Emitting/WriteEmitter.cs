using System.Linq;
using PerfLog.Generators.Emitting;
using PerfLog.Generators.Records.Model;

namespace PerfLog.Generators.Records.Emitting;

/// <summary>Writes <c>Write</c>: the head's slots, then each part behind the one before.</summary>
internal static class WriteEmitter
{
    public static void Emit(CodeWriter code, RecordModel record)
    {
        bool hasParts = record.Fields.Any(static field => !field.Type.IsFixed);
        code.Line("/// <summary>Writes a record into as much room as <see cref=\"Measure\"/> asked for.</summary>");
        code.Line("/// <returns>The bytes written.</returns>");
        code.Open($"public static int Write({RecordScope.Passed(record)} value, Span<byte> destination)");
        code.Line("ref Slots slots = ref MemoryMarshal.AsRef<Slots>(destination);");
        code.Line("slots.Header = Header;");
        if (hasParts) code.Line("int end = HeadBytes;");
        foreach (RecordFieldModel field in record.Fields) EmitField(code, record, field);
        code.Line(hasParts ? "return end;" : "return HeadBytes;");
        code.Close();
        foreach (RecordFieldModel field in record.LiveFields.Where(FieldValues.IsRecordList)) EmitList(code, record, field);
    }

    private static void EmitField(CodeWriter code, RecordModel record, RecordFieldModel field)
    {
        string slot = $"slots.{field.Name}";
        string value = $"value.{field.Name}";
        string local = FieldValues.Local(field);
        if (field.IsReserved) code.Line($"{slot} = {(field.Type.IsFixed ? "default" : "LogRecordWriter.Null(end)")};");
        else if (field.Type.IsFixed) code.Line($"{slot} = {Fixed(field, value)};");
        else if (field.Type.Shape == RecordShape.Record && field.Type.IsNullable)
        {
            code.Line($"if ({value} is {{ }} {local}) end += {field.Type.Name}.Serde.Write({local}, destination[end..]);");
            code.Line($"{slot} = {value} is null ? LogRecordWriter.Null(end) : (uint)end;");
        }
        else if (field.Type.Shape == RecordShape.Record)
        {
            code.Line($"end += {field.Type.Name}.Serde.Write({value}, destination[end..]);");
            code.Line($"{slot} = (uint)end;");
        }
        else if (field.Type.IsNullable) code.Line($"{slot} = {value} is {{ }} {local} ? {Part(record, field, local)} : LogRecordWriter.Null(end);");
        else code.Line($"{slot} = {Part(record, field, value)};");
    }

    private static string Fixed(RecordFieldModel field, string value)
    {
        RecordTypeModel type = field.Type;
        string optional = $"OptionalSlot<{type.SlotName}>.Of";
        return (type.Shape, type.IsNullable) switch
        {
            (RecordShape.Slot, false) => $"{type.SlotName}.Of({value})",
            (RecordShape.Slot, true) => $"{value} is {{ }} {FieldValues.Local(field)} ? {optional}({type.SlotName}.Of({FieldValues.Local(field)})) : default",
            (RecordShape.Enum, false) => $"({type.SlotName}){value}",
            (RecordShape.Enum, true) => $"{optional}(({type.SlotName}?){value})",
            (_, true) => $"{optional}({value})",
            _ => value,
        };
    }

    private static string Part(RecordModel record, RecordFieldModel field, string value)
    {
        const string Where = "destination, ref end";
        if (field.Type.Shape == RecordShape.Text)
        {
            string text = field.Type.IsNullable ? value : FieldValues.OrThrow(record, field, value);
            return $"LogRecordWriter.Text({text}, {Where})";
        }

        RecordTypeModel element = field.Type.Element!;
        string span = FieldValues.Span(field, value);
        return element.Shape switch
        {
            RecordShape.Text => $"LogRecordWriter.Texts({span}, {Where}, {FieldValues.Literal(record, field)})",
            RecordShape.Record => $"Write{field.Name}({span}, {Where})",
            RecordShape.Slot => $"LogRecordWriter.Slots<{element.SlotName}, {element.Name}>({span}, {Where})",
            _ => $"LogRecordWriter.Values<{element.Name}>({span}, {Where})",
        };
    }

    private static void EmitList(CodeWriter code, RecordModel record, RecordFieldModel field)
    {
        RecordTypeModel element = field.Type.Element!;
        code.Open($"private static uint Write{field.Name}(ReadOnlySpan<{element.Name}> items, Span<byte> destination, ref int end)");
        code.Line("int start = end;");
        code.Line("Span<uint> ends = LogRecordWriter.Table(items.Length, destination, ref end);");
        code.Open("for (int index = 0; index < ends.Length; index++)");
        code.Line($"end += {element.Name}.Serde.Write(items[index], destination[end..]);");
        code.Line("ends[index] = (uint)(end - start);");
        code.Close();
        code.Line("return (uint)end;");
        code.Close();
    }
}
