using PerfLog.Generators.Emitting;
using PerfLog.Generators.Records.Model;

namespace PerfLog.Generators.Records.Emitting;

/// <summary>Writes the serde and the view of a union: a tag of two bytes, then the case's own record.</summary>
internal static class UnionEmitter
{
    public static void EmitSerde(CodeWriter code, RecordModel union)
    {
        code.Line("private const int TagBytes = 2;");
        code.Blank();
        code.Line("/// <summary>The size of a value: what it is, or what it can be at most.</summary>");
        code.Open($"public static long Measure({union.Name} value, bool exactly) => TagBytes + value switch");
        foreach (RecordCaseModel @case in union.Cases) code.Line($"{@case.Type} known => {@case.Type}.Serde.Measure(known, exactly),");
        code.Line($"_ => throw LogRecordWriter.NoCaseOf(\"{union.SchemaName}\", value),");
        code.Close("};");
        code.Line("/// <summary>Writes a value into as much room as <see cref=\"Measure\"/> asked for.</summary>");
        code.Line("/// <returns>The bytes written.</returns>");
        code.Open($"public static int Write({union.Name} value, Span<byte> destination) => TagBytes + value switch");
        foreach (RecordCaseModel @case in union.Cases)
            code.Line($"{@case.Type} known => {@case.Type}.Serde.Write(known, After({@case.Tag}, destination)),");
        code.Line($"_ => throw LogRecordWriter.NoCaseOf(\"{union.SchemaName}\", value),");
        code.Close("};");
        code.Line("/// <summary>Reads a value.</summary>");
        code.Line("/// <exception cref=\"RecordMismatchException\">The bytes are none, or of a case not known here.</exception>");
        code.Open($"public static {union.Name} Read(ReadOnlySpan<byte> bytes) => LogRecordReader.Tag(bytes, \"{union.SchemaName}\") switch");
        foreach (RecordCaseModel @case in union.Cases) code.Line($"{@case.Tag} => {@case.Type}.Serde.Read(bytes[TagBytes..]),");
        code.Line($"var tag => throw LogRecordReader.NoCase(\"{union.SchemaName}\", tag),");
        code.Close("};");
        code.Open("private static Span<byte> After(ushort tag, Span<byte> destination)");
        code.Line("MemoryMarshal.Write(destination, tag);");
        code.Line("return destination[TagBytes..];");
        code.Close();
    }

    public static void EmitView(CodeWriter code, RecordModel union)
    {
        code.Line($"/// <summary>A <see cref=\"{union.Name}\"/> in place, without a copy of anything. It ends with the bytes that it lies on.</summary>");
        code.Open($"public {RecordEmitter.Hiding(union)}readonly ref struct View : IRecordView<View>");
        code.Line("private const int TagBytes = 2;");
        code.Line("private readonly ReadOnlySpan<byte> _bytes;");
        code.Blank();
        code.Open("private View(ReadOnlySpan<byte> bytes)");
        code.Line($"Tag = LogRecordReader.Tag(bytes, \"{union.SchemaName}\");");
        code.Line("_bytes = bytes[TagBytes..];");
        code.Close();
        code.Line("/// <summary>What stands for the case; it may be one that is not known here.</summary>");
        code.Line("public ushort Tag { get; }");
        code.Blank();
        foreach (RecordCaseModel @case in union.Cases)
        {
            code.Line($"/// <summary>Whether it is a <see cref=\"{@case.Type}\"/>.</summary>");
            code.Line($"public bool Is{@case.Name} => Tag == {@case.Tag};");
            code.Blank();
            code.Line($"/// <summary>The <see cref=\"{@case.Type}\"/> that it is.</summary>");
            code.Line($"public {@case.Type}.View As{@case.Name} => {@case.Type}.View.Over(_bytes);");
            code.Blank();
        }

        code.Line("/// <inheritdoc/>");
        code.Line("public static View Over(ReadOnlySpan<byte> bytes) => new(bytes);");
        code.Close();
    }
}
