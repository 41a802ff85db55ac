using System.Collections.Generic;
using System.Linq;
using PerfLog.Generators.Model;

namespace PerfLog.Generators.Emitting;

/// <summary>
/// Emits a struct's tag buffer: only fields that differ from their default, ascending by tag, each with its size. A
/// reader passes over tags it does not know. These methods run in flexible versions only.
/// </summary>
internal static class TaggedEmitter
{
    public static void Emit(StructScope scope, CodeWriter code)
    {
        List<FieldModel> tagged = [.. scope.Model.Fields.Where(static field => field.IsTagged).OrderBy(static field => field.Tag)];
        EmitCount(scope, tagged, code);
        EmitSize(scope, tagged, code);
        EmitWrite(scope, tagged, code);
        EmitRead(scope, tagged, code);
    }

    private static void EmitCount(StructScope scope, List<FieldModel> tagged, CodeWriter code)
    {
        IEnumerable<string> ones = tagged.Select(field => $"({Condition(scope, field)} ? 1u : 0u)");
        code.Line($"private uint TaggedFieldCount(short version) => {string.Join(" + ", ones)};");
        code.Blank();
    }

    private static void EmitSize(StructScope scope, List<FieldModel> tagged, CodeWriter code)
    {
        code.Open("private int TaggedFieldsSize(short version)");
        DeclareCompact(scope, tagged, code);
        code.Line("int size = Varint.SizeOf(TaggedFieldCount(version));");
        foreach (FieldModel field in tagged) code.Line($"if ({Condition(scope, field)}) size += TaggedField.Size({field.Tag}, {new FieldCode(scope, field).Size});");
        code.Line("return size;");
        code.Close();
    }

    private static void EmitWrite(StructScope scope, List<FieldModel> tagged, CodeWriter code)
    {
        code.Open("private void WriteTaggedFields(ref WireWriter writer, short version)");
        DeclareCompact(scope, tagged, code);
        code.Line("writer.WriteUnsignedVarint(TaggedFieldCount(version));");
        foreach (FieldModel field in tagged)
        {
            FieldCode spelled = new(scope, field);
            code.Open($"if ({Condition(scope, field)})");
            code.Line($"TaggedField.WriteHead(ref writer, {field.Tag}, {spelled.Size});");
            code.Line($"{spelled.Write};");
            code.Close();
        }

        code.Close();
    }

    private static void EmitRead(StructScope scope, List<FieldModel> tagged, CodeWriter code)
    {
        code.Open("private void ReadTaggedFields(ref WireReader reader, short version)");
        DeclareCompact(scope, tagged, code);
        EmitLoop(scope, tagged, code);
        code.Close();
    }

    internal static void EmitLoop(StructScope scope, List<FieldModel> tagged, CodeWriter code)
    {
        code.Line("uint count = reader.ReadUnsignedVarint();");
        code.Open("for (uint field = 0; field < count && !reader.Failed; field++)");
        code.Line("uint tag = reader.ReadUnsignedVarint();");
        code.Line("int end = reader.ReadTaggedFieldEnd();");
        code.Open("switch (tag)");
        foreach (FieldModel field in tagged) EmitCase(scope, field, code);
        code.Line("default:");
        code.Line("    reader.SkipTo(end);");
        code.Line("    break;");
        code.Close();
        code.Line("reader.RequirePosition(end);");
        code.Close();
    }

    private static void EmitCase(StructScope scope, FieldModel field, CodeWriter code)
    {
        string condition = Versions(scope, field);
        code.Line($"case {field.Tag}{(condition.Length > 0 ? $" when {condition}" : "")}:");
        if (scope.Message.HasView && InView(scope)) ViewFieldEmitter.EmitRead(scope, field, code, "    ");
        else code.Line($"    {field.Name} = {new FieldCode(scope, field).Read};");
        code.Line("    break;");
    }

    private static bool InView(StructScope scope) => scope is ViewScope;

    private static string Condition(StructScope scope, FieldModel field)
    {
        string versions = Versions(scope, field);
        return (versions.Length > 0 ? $"{versions} && " : "") + new FieldCode(scope, field).IsNotDefault;
    }

    /// <summary>The condition on the version, among those that have a tag buffer at all.</summary>
    private static string Versions(StructScope scope, FieldModel field) =>
        scope.Message.Flexible.Intersect(scope.Model.Versions) == scope.Present(field) ? "" : scope.If(field);

    // A tag buffer exists in flexible versions only, and there every field is compact.
    private static void DeclareCompact(StructScope scope, List<FieldModel> tagged, CodeWriter code)
    {
        if (scope.Compact == "compact" && tagged.Any(scope.UsesCompact)) code.Line("const bool compact = true;");
    }
}
