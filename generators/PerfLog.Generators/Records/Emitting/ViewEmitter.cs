using PerfLog.Generators.Emitting;
using PerfLog.Generators.Records.Model;

namespace PerfLog.Generators.Records.Emitting;

/// <summary>Writes a record's view: a property for each field, read in place when it is asked for.</summary>
internal static class ViewEmitter
{
    public static void Emit(CodeWriter code, RecordModel record)
    {
        code.Line($"/// <summary>A <see cref=\"{record.Name}\"/> in place, without a copy of anything. It ends with the bytes that it lies on.</summary>");
        code.Open($"public {RecordEmitter.Hiding(record)}readonly ref struct View : IRecordView<View>");
        code.Line("private readonly LogRecordBytes _record;");
        code.Blank();
        code.Line("private View(LogRecordBytes record) => _record = record;");
        code.Blank();
        foreach (RecordFieldModel field in record.LiveFields) EmitField(code, record, field);
        code.Line("/// <inheritdoc/>");
        code.Line($"public static View Over(ReadOnlySpan<byte> bytes) => new(LogRecordBytes.Of(bytes, Serde.Header, \"{record.SchemaName}\"));");
        code.Close();
    }

    private static void EmitField(CodeWriter code, RecordModel record, RecordFieldModel field)
    {
        code.Line($"/// <inheritdoc cref=\"{record.Name}.{field.Name}\"/>");
        if (field.Type.IsFixed)
        {
            code.Line($"public {field.Type.NameOrNull} {field.Name} => {Fixed(record, field)};");
            code.Blank();
            return;
        }

        EmitPart(code, record, field);
        code.Blank();
        if (!field.Type.IsNullable) return;
        code.Line($"/// <summary>Whether there is a <see cref=\"{field.Name}\"/>.</summary>");
        code.Line($"public bool Has{field.Name} => _record.Has({record.OffsetOf(field)});");
        code.Blank();
    }

    private static string Fixed(RecordModel record, RecordFieldModel field)
    {
        RecordTypeModel type = field.Type;
        string get = $"_record.Get<{type.SlotType}>({record.OffsetOf(field)})";
        string name = FieldValues.Literal(record, field);
        return (type.Shape, type.IsNullable) switch
        {
            (RecordShape.Slot, false) => $"{get}.ToValue({name})",
            (RecordShape.Slot, true) => $"{get} is {{ HasValue: true }} slot ? slot.Value.ToValue({name}) : null",
            (RecordShape.Enum, _) => $"({type.NameOrNull}){get}{(type.IsNullable ? ".OrNull()" : "")}",
            (_, true) => $"{get}.OrNull()",
            _ => get,
        };
    }

    private static void EmitPart(CodeWriter code, RecordModel record, RecordFieldModel field)
    {
        string name = FieldValues.Literal(record, field);
        string before = record.PartBefore(field) is { } other ? $"{record.OffsetOf(other)}" : "LogRecordBytes.NoSlot";
        string part = $"_record.Part({record.OffsetOf(field)}, {before}, {name})";
        if (field.Type.Shape == RecordShape.Text)
        {
            string text = $"LogRecordReader.Text({field.Name}Utf8, {name})";
            code.Line($"public {field.Type.NameOrNull} {field.Name} => {(field.Type.IsNullable ? $"Has{field.Name} ? {text} : null" : text)};");
            code.Blank();
            code.Line($"/// <summary><see cref=\"{field.Name}\"/> as UTF-8, in place.</summary>");
            code.Line($"public ReadOnlySpan<byte> {field.Name}Utf8 => {part};");
        }
        else if (field.Type.Shape == RecordShape.Record) code.Line($"public {field.Type.Name}.View {field.Name} => {field.Type.Name}.View.Over({part});");
        else code.Line($"public {ListView(field.Type.Element!)} {field.Name} => {List(field.Type.Element!, part, name)};");
    }

    private static string ListView(RecordTypeModel element) => element.Shape switch
    {
        RecordShape.Text => "TextListView",
        RecordShape.Record => $"RecordListView<{element.Name}.View>",
        RecordShape.Slot => $"SlotListView<{element.SlotName}, {element.Name}>",
        _ => $"ReadOnlySpan<{element.Name}>",
    };

    private static string List(RecordTypeModel element, string part, string name) => element.Shape switch
    {
        RecordShape.Number or RecordShape.Enum => $"LogRecordReader.Values<{element.Name}>({part}, {name})",
        _ => $"new({part}, {name})",
    };
}
