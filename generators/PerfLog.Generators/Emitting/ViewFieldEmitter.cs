using PerfLog.Generators.Model;

namespace PerfLog.Generators.Emitting;

/// <summary>Emits one field of a view: strings and bytes as spans, arrays as walks over elements, numbers as they are.</summary>
internal static class ViewFieldEmitter
{
    public static void EmitProperties(StructScope scope, FieldModel field, CodeWriter code)
    {
        string versions = scope.If(field).Length > 0 ? $" In {scope.Present(field).InWords()}." : "";
        if (IsSpan(field)) EmitSpanProperties(field, versions, code);
        else EmitProperty(field, versions, code, scope);
    }

    /// <summary>Emits the read of a field into the view named by <paramref name="target"/>.</summary>
    public static void EmitRead(StructScope scope, FieldModel field, CodeWriter code, string margin, string target = "")
    {
        string compact = scope.CompactFor(field);
        if (IsSpan(field)) EmitSpanRead(scope, field, code, margin, target, compact);
        else if (field.IsArray) code.Line($"{margin}{target}{field.Name} = {Type(field)}.Read(ref reader, {(field.IsStruct ? "version, " : "")}{compact}, {(field.IsNullable ? "true" : "false")});");
        else if (field.IsStruct) code.Line($"{margin}{target}{field.Name} = {field.Type}.Read(ref reader, version);");
        else code.Line($"{margin}{target}{field.Name} = {new FieldCode(scope, field).Read};");
    }

    private static bool IsSpan(FieldModel field) => !field.IsArray && !field.IsStruct && PrimitiveType.Of(field.Type).Bytes == 0;

    private static string Type(FieldModel field) => field.IsArray
        ? field.IsStruct ? $"ViewArray<{field.Type}>" : "Int32View"
        : field.IsStruct ? field.Type : PrimitiveType.Of(field.Type).CSharp;

    private static void EmitProperty(FieldModel field, string versions, CodeWriter code, StructScope scope)
    {
        if (versions.Length > 0) code.Line($"/// <summary>{versions.Trim()}</summary>");
        string initializer = field.IsArray ? "" : new FieldCode(scope, field).Initializer;
        code.Line($"public {Type(field)} {field.Name} {{ get; private set; }}{initializer}");
        code.Blank();
    }

    private static void EmitSpanProperties(FieldModel field, string versions, CodeWriter code)
    {
        string what = PrimitiveType.Of(field.Type).IsString ? "UTF-8, unchecked" : "In place";
        code.Line($"/// <summary>{what}.{versions}</summary>");
        code.Line($"public ReadOnlySpan<byte> {field.Name} {{ get; private set; }}");
        code.Blank();
        if (field.IsNullable || field.DefaultsToNull) EmitSpanProperty("bool", "IsNull", "Whether the field was null or absent.", field, code, " = true;");
        if (!PrimitiveType.Of(field.Type).IsString) EmitSpanProperty("int", "Start", "Where the bytes start in the body.", field, code, "");
    }

    private static void EmitSpanProperty(string type, string suffix, string summary, FieldModel field, CodeWriter code, string initializer)
    {
        code.Line($"/// <summary>{summary}</summary>");
        code.Line($"public {type} {field.Name}{suffix} {{ get; private set; }}{initializer}");
        code.Blank();
    }

    private static void EmitSpanRead(StructScope scope, FieldModel field, CodeWriter code, string margin, string target, string compact)
    {
        bool text = PrimitiveType.Of(field.Type).IsString;
        bool nullable = field.IsNullable || field.DefaultsToNull;
        string method = text ? "ReadStringBytes" : "ReadNullableBytes";
        string local = $"{char.ToLowerInvariant(field.Name[0])}{field.Name.Substring(1)}IsNull";
        code.Line($"{margin}{target}{field.Name} = reader.{method}({compact}, out bool {local});");
        if (!text) code.Line($"{margin}{target}{field.Name}Start = reader.Position - {target}{field.Name}.Length;");
        if (nullable) code.Line($"{margin}{target}{field.Name}IsNull = {local};");
        string refused = NotNull(scope, field);
        if (refused.Length > 0) code.Line($"{margin}if ({refused.TrimStart()}{local}) reader.Fail(\"{field.Name} may not be null\");");
    }

    /// <summary>The condition under which null is refused, with its connective; empty when null is always allowed.</summary>
    private static string NotNull(StructScope scope, FieldModel field)
    {
        if (field.Nullable.Intersect(scope.Present(field)).IsEmpty) return " ";
        string allowed = scope.IfNullable(field);
        return allowed.Length == 0 ? "" : $"{StructScope.Negate(allowed)} && ";
    }
}
