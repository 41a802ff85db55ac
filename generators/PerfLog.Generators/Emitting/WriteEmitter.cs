using System.Linq;
using PerfLog.Generators.Model;

namespace PerfLog.Generators.Emitting;

/// <summary>Emits Write, and the check that the version can hold what the object holds.</summary>
internal static class WriteEmitter
{
    public static void Emit(StructScope scope, CodeWriter code)
    {
        bool checks = scope.Model.Fields.Any(field => NeedsDefault(scope, field) || scope.IsSometimesNotNull(field));
        code.Line("/// <summary>Writes all fields of the version, in the protocol's order.</summary>");
        code.Open("public void Write(ref WireWriter writer, short version)");
        if (scope.IsMessage) code.Line($"Versions.Require(version, nameof({scope.Model.Name}));");
        if (checks) code.Line("RequireFits(version);");
        scope.DeclareCompact(code, scope.IsEverFlexible);
        foreach (FieldModel field in scope.Model.Fields.Where(static field => !field.IsTagged)) EmitField(scope, field, code);
        EmitTags(scope, code);
        code.Close();
        if (checks) EmitRequireFits(scope, code);
    }

    private static void EmitField(StructScope scope, FieldModel field, CodeWriter code)
    {
        string condition = scope.If(field);
        string write = new FieldCode(scope, field).Write;
        code.Line(condition.Length > 0 ? $"if ({condition}) {write};" : $"{write};");
    }

    private static void EmitTags(StructScope scope, CodeWriter code)
    {
        if (!scope.IsEverFlexible) return;
        string write = scope.HasTags ? "WriteTaggedFields(ref writer, version);" : "writer.WriteEmptyTaggedFields();";
        code.Line(scope.IsAlwaysFlexible ? write : $"if (compact) {write}");
    }

    private static void EmitRequireFits(StructScope scope, CodeWriter code)
    {
        code.Open("private void RequireFits(short version)");
        string owner = scope.IsMessage ? $"nameof({scope.Model.Name})" : $"\"{scope.Message.Name}.{scope.Model.Name}\"";
        foreach (FieldModel field in scope.Model.Fields)
        {
            FieldCode spelled = new(scope, field);
            if (NeedsDefault(scope, field)) code.Line($"if ({scope.Unless(field)} && {spelled.IsNotDefault}) throw Misfit.AbsentField({owner}, nameof({field.Name}), version);");
            if (scope.IsSometimesNotNull(field)) code.Line($"if ({NotNull(scope, field)}{field.Name} is null) throw Misfit.NullField({owner}, nameof({field.Name}), version);");
        }

        code.Close();
    }

    /// <summary>Whether a version that lacks the field must refuse a value: one that no one said may be dropped.</summary>
    private static bool NeedsDefault(StructScope scope, FieldModel field) => !field.Ignorable && scope.If(field).Length > 0;

    private static string NotNull(StructScope scope, FieldModel field)
    {
        string present = scope.If(field);
        bool never = field.Nullable.Intersect(scope.Present(field)).IsEmpty;
        return (present.Length > 0 ? $"{present} && " : "") + (never ? "" : $"{StructScope.Negate(scope.IfNullable(field))} && ");
    }
}
