using System.Linq;
using PerfLog.Generators.Emitting;
using PerfLog.Generators.Records.Model;

namespace PerfLog.Generators.Records.Emitting;

/// <summary>Writes <c>Read</c>, its way for records that another version of the type wrote, and what makes the value.</summary>
internal static class ReadEmitter
{
    public static void Emit(CodeWriter code, RecordModel record)
    {
        EmitRead(code, record);
        EmitReadOther(code, record);
        EmitMake(code, record);
        foreach (RecordFieldModel field in record.LiveFields.Where(FieldValues.IsRecordList)) EmitList(code, record, field);
    }

    private static void EmitRead(CodeWriter code, RecordModel record)
    {
        code.Line("/// <summary>Reads a record that this or another version of the type wrote.</summary>");
        code.Line("/// <exception cref=\"RecordMismatchException\">The bytes are no such record.</exception>");
        code.Open($"public static {record.Name} Read(ReadOnlySpan<byte> bytes)");
        if (record.IsRecursive) code.Line($"if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw LogRecordReader.TooDeep(\"{record.SchemaName}\");");
        code.Line("if (bytes.Length < HeadBytes) return ReadOther(bytes);");
        code.Line("ref readonly Slots slots = ref MemoryMarshal.AsRef<Slots>(bytes);");
        code.Line("return slots.Header == Header ? Make(in slots, bytes, HeadBytes) : ReadOther(bytes);");
        code.Close();
    }

    private static void EmitReadOther(CodeWriter code, RecordModel record)
    {
        code.Open($"private static {record.Name} ReadOther(ReadOnlySpan<byte> bytes)");
        code.Line("Slots slots = default;");
        code.Line($"int head = LogRecordReader.Head(bytes, Header, HeadEnds, MemoryMarshal.AsBytes(new Span<Slots>(ref slots)), \"{record.SchemaName}\");");
        foreach (RecordFieldModel field in record.LiveFields)
        {
            int end = record.OffsetOf(field) + field.Type.SlotWidth;
            if (field.IsRequired) code.Line($"if (head < {end}) throw LogRecordReader.Lacks({FieldValues.Literal(record, field)});");
            else if (!field.Type.IsFixed) code.Line($"if (head < {end}) slots.{field.Name} = LogRecordReader.Missing;");
        }

        code.Line("return Make(in slots, bytes, head);");
        code.Close();
    }

    private static void EmitMake(CodeWriter code, RecordModel record)
    {
        code.Open($"private static {record.Name} Make(in Slots slots, ReadOnlySpan<byte> bytes, int start)");
        foreach (RecordFieldModel field in record.Fields.Where(static field => !field.Type.IsFixed)) EmitPart(code, record, field);
        EmitConstruction(code, record);
        code.Close();
    }

    private static void EmitPart(CodeWriter code, RecordModel record, RecordFieldModel field)
    {
        // What was written there before it was reserved still moves the start of the next part.
        if (field.IsReserved)
        {
            if (record.Fields.Any(other => other.Id > field.Id && !other.Type.IsFixed && !other.IsReserved))
                code.Line($"if (!LogRecordReader.IsNull(slots.{field.Name})) LogRecordReader.Part(bytes, ref start, slots.{field.Name}, {FieldValues.Literal(record, field)});");
            return;
        }

        string read = Part(record, field);
        string value = field.Type.IsNullable ? $"LogRecordReader.IsNull(slots.{field.Name}) ? null : {read}" : read;
        code.Line($"{field.Type.NameOrNull} {FieldValues.Local(field)} = {value};");
    }

    private static string Part(RecordModel record, RecordFieldModel field)
    {
        string name = FieldValues.Literal(record, field);
        string arguments = $"bytes, ref start, slots.{field.Name}, {name}";
        if (field.Type.Shape == RecordShape.Text) return $"LogRecordReader.Text({arguments})";
        string part = $"LogRecordReader.Part({arguments})";
        return field.Type.Shape == RecordShape.Record ? $"{field.Type.Name}.Serde.Read({part})" : List(field, part, name);
    }

    private static string List(RecordFieldModel field, string part, string name)
    {
        RecordTypeModel element = field.Type.Element!;
        bool isList = field.Type.Kind == ListKind.List;
        string read = element.Shape switch
        {
            RecordShape.Record => $"Read{field.Name}({part})",
            RecordShape.Text => $"LogRecordReader.{(isList ? "TextList" : "TextArray")}({part}, {name})",
            RecordShape.Slot => $"LogRecordReader.{(isList ? "SlotList" : "SlotArray")}<{element.SlotName}, {element.Name}>({part}, {name})",
            _ => isList ? $"LogRecordReader.ValueList<{element.Name}>({part}, {name})" : $"LogRecordReader.Values<{element.Name}>({part}, {name}).ToArray()",
        };
        return field.Type.Kind switch
        {
            ListKind.Immutable => $"ImmutableCollectionsMarshal.AsImmutableArray({read})",
            ListKind.Memory => $"new {field.Type.Name}({read})",
            _ => read,
        };
    }

    private static void EmitConstruction(CodeWriter code, RecordModel record)
    {
        string[] arguments = [.. record.LiveFields.Where(static field => field.Parameter is not null).Select(field => $"{field.Parameter}: {Value(record, field)}")];
        RecordFieldModel[] set = [.. record.LiveFields.Where(static field => field.Parameter is null)];
        string made = $"return new {record.Name}({string.Join(", ", arguments)})";
        if (set.Length == 0)
        {
            code.Line(made + ";");
            return;
        }

        code.Open(arguments.Length == 0 ? $"return new {record.Name}" : made);
        foreach (RecordFieldModel field in set) code.Line($"{field.Name} = {Value(record, field)},");
        code.Close("};");
    }

    private static string Value(RecordModel record, RecordFieldModel field)
    {
        RecordTypeModel type = field.Type;
        if (!type.IsFixed) return FieldValues.Local(field);
        string slot = $"slots.{field.Name}";
        string name = FieldValues.Literal(record, field);
        return (type.Shape, type.IsNullable) switch
        {
            (RecordShape.Slot, false) => $"{slot}.ToValue({name})",
            (RecordShape.Slot, true) => $"{slot}.HasValue ? {slot}.Value.ToValue({name}) : null",
            (RecordShape.Enum, _) => $"({type.NameOrNull}){slot}{(type.IsNullable ? ".OrNull()" : "")}",
            (_, true) => $"{slot}.OrNull()",
            _ => slot,
        };
    }

    private static void EmitList(CodeWriter code, RecordModel record, RecordFieldModel field)
    {
        RecordTypeModel element = field.Type.Element!;
        string name = FieldValues.Literal(record, field);
        bool isList = field.Type.Kind == ListKind.List;
        string made = isList ? $"List<{element.Name}>" : $"{element.Name}[]";
        code.Open($"private static {made} Read{field.Name}(ReadOnlySpan<byte> part)");
        code.Line($"ReadOnlySpan<uint> ends = LogRecordReader.Table(part, {name}, out int start);");
        code.Line(isList
            ? $"List<{element.Name}> list = LogRecordReader.NewList(ends.Length, out Span<{element.Name}> items);"
            : $"{element.Name}[] items = new {element.Name}[ends.Length];");
        code.Open("for (int index = 0; index < ends.Length; index++)");
        code.Line($"items[index] = {element.Name}.Serde.Read(LogRecordReader.Part(part, ref start, ends[index], {name}));");
        code.Close();
        code.Line(isList ? "return list;" : "return items;");
        code.Close();
    }
}
