using PerfLog.Generators.Emitting;
using PerfLog.Generators.Records.Model;

namespace PerfLog.Generators.Records.Emitting;

/// <summary>Writes the head's layout as a struct.</summary>
internal static class SlotsEmitter
{
    public static void Emit(CodeWriter code, RecordModel record)
    {
        code.Line("// The head of a record, as it lies in the bytes. A part's slot says where the part ends.");
        code.Line("[StructLayout(LayoutKind.Sequential, Pack = 1)]");
        code.Open("private struct Slots");
        code.Line("public uint Header;");
        foreach (RecordFieldModel field in record.Fields) code.Line($"public {field.Type.SlotType} {field.Name};");
        code.Close();
    }
}
