using System.Linq;
using PerfLog.Generators.Emitting;
using PerfLog.Generators.Records.Model;

namespace PerfLog.Generators.Records.Emitting;

/// <summary>Writes a record type's other half: its serde, its view and, if it names one, its key.</summary>
internal static class RecordEmitter
{
    public static string Emit(RecordModel record)
    {
        string keyed = record.Key is { } key ? $" : IKeyed<{key.Type}>" : "";
        CodeWriter code = RecordScope.Open(record.Space, record.Containers, $"partial {record.Keyword} {record.Name}{keyed}");
        if (record.Key is { } named)
        {
            code.Line($"{named.Type} IKeyed<{named.Type}>.PartitionKey => {named.Member};");
            code.Blank();
        }

        EmitSerde(code, record);
        if (record.IsUnion) UnionEmitter.EmitView(code, record);
        else ViewEmitter.Emit(code, record);
        return RecordScope.Close(code, record.Containers);
    }

    private static void EmitSerde(CodeWriter code, RecordModel record)
    {
        code.Line($"/// <summary>Writes and reads <see cref=\"{record.Name}\"/>. Any thread may call it.</summary>");
        code.Open($"public {Hiding(record)}sealed class Serde : ISerde<{record.Name}>");
        if (!record.IsUnion) EmitConstants(code, record);
        code.Line("/// <summary>The only one that is needed.</summary>");
        code.Line("public static Serde Instance { get; } = new();");
        code.Blank();
        RecordScope.EmitRegistration(code, record.Name);
        EmitInterface(code, record);
        if (record.IsUnion) UnionEmitter.EmitSerde(code, record);
        else
        {
            MeasureEmitter.Emit(code, record);
            WriteEmitter.Emit(code, record);
            ReadEmitter.Emit(code, record);
            SlotsEmitter.Emit(code, record);
        }

        code.Close();
    }

    private static void EmitConstants(CodeWriter code, RecordModel record)
    {
        code.Line($"internal const uint Header = 0x{record.Header:X8};");
        code.Line($"private const int HeadBytes = {record.HeadBytes};");
        code.Blank();
        string[] ends = [.. record.Fields.Select(field => $"{record.OffsetOf(field) + field.Type.SlotWidth}")];
        code.Line("// An older record's head ends with its header, or with one of the fields.");
        code.Line($"private static ReadOnlySpan<ushort> HeadEnds => [4, {string.Join(", ", ends)}];");
        code.Blank();
    }

    private static void EmitInterface(CodeWriter code, RecordModel record)
    {
        code.Line("/// <inheritdoc/>");
        code.Open($"public void Serialize({record.Name} value, IBufferWriter<byte> destination)");
        code.Line("long size = Measure(value, exactly: false);");
        code.Line("if (size > LogRecordWriter.EstimateBytesMax) size = Measure(value, exactly: true);");
        code.Line("destination.Advance(Write(value, destination.GetSpan(LogRecordWriter.Checked(size))));");
        code.Close();
        code.Line("/// <inheritdoc/>");
        code.Line($"public {record.Name} Deserialize(ReadOnlyMemory<byte> bytes) => Read(bytes.Span);");
        code.Blank();
    }

    internal static string Hiding(RecordModel record) => record.Hides ? "new " : "";
}
