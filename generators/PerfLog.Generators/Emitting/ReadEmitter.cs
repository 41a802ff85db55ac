using System.Linq;
using PerfLog.Generators.Model;

namespace PerfLog.Generators.Emitting;

/// <summary>Emits Read.</summary>
internal static class ReadEmitter
{
    public static void Emit(StructScope scope, CodeWriter code)
    {
        string name = scope.Model.Name;
        code.Line("/// <summary>Reads all fields of the version; ask the reader afterwards whether it failed.</summary>");
        code.Open($"public static {name} Read(ref WireReader reader, short version)");
        if (scope.IsMessage) code.Line($"Versions.Require(version, ref reader);");
        bool asks = scope.Model.Fields.Any(field => !field.IsTagged && scope.UsesCompact(field)) || scope.IsEverFlexible;
        scope.DeclareCompact(code, asks);
        code.Line($"{name} {Local(scope)} = new();");
        foreach (FieldModel field in scope.Model.Fields.Where(static field => !field.IsTagged)) EmitField(scope, field, code);
        EmitTags(scope, code);
        code.Line($"return {Local(scope)};");
        code.Close();
    }

    private static string Local(StructScope scope) => scope.IsMessage ? "message" : "element";

    private static void EmitField(StructScope scope, FieldModel field, CodeWriter code)
    {
        string condition = scope.If(field);
        string assign = $"{Local(scope)}.{field.Name} = {new FieldCode(scope, field).Read};";
        code.Line(condition.Length > 0 ? $"if ({condition}) {assign}" : assign);
    }

    private static void EmitTags(StructScope scope, CodeWriter code)
    {
        if (!scope.IsEverFlexible) return;
        string read = scope.HasTags ? $"{Local(scope)}.ReadTaggedFields(ref reader, version);" : "reader.SkipTaggedFields();";
        code.Line(scope.IsAlwaysFlexible ? read : $"if (compact) {read}");
    }
}
