using System.Collections.Generic;
using System.Linq;
using PerfLog.Generators.Model;

namespace PerfLog.Generators.Emitting;

/// <summary>Emits what is inside one class: properties, size, write, read.</summary>
internal static class StructEmitter
{
    public static void Emit(StructScope scope, CodeWriter code)
    {
        EmitProperties(scope, code);
        EmitSize(scope, code);
        WriteEmitter.Emit(scope, code);
        ReadEmitter.Emit(scope, code);
        if (!scope.IsMessage) EmitSizeMin(scope, code);
        if (!scope.IsMessage) EmitIsDefault(scope, code);
        if (scope.HasTags) TaggedEmitter.Emit(scope, code);
    }

    private static void EmitProperties(StructScope scope, CodeWriter code)
    {
        foreach (FieldModel field in scope.Model.Fields)
        {
            FieldCode spelled = new(scope, field);
            if (scope.If(field).Length > 0) code.Line($"/// <summary>In {scope.Present(field).InWords()}.</summary>");
            code.Line($"public {spelled.Type} {field.Name} {{ get; set; }}{spelled.Initializer}");
            code.Blank();
        }
    }

    private static void EmitSize(StructScope scope, CodeWriter code)
    {
        code.Line("/// <summary>The bytes that <see cref=\"Write\"/> writes.</summary>");
        code.Open("public int Size(short version)");
        scope.DeclareCompact(code, scope.IsEverFlexible);
        EmitSum(scope, code, static spelled => spelled.Size);
        if (scope.HasTags) code.Line(scope.IsAlwaysFlexible ? "size += TaggedFieldsSize(version);" : "if (compact) size += TaggedFieldsSize(version);");
        else EmitEmptyTagsSize(scope, code);
        code.Line("return size;");
        code.Close();
    }

    private static void EmitSizeMin(StructScope scope, CodeWriter code)
    {
        code.Line("/// <summary>The least bytes that one takes, which bounds how many a frame can hold.</summary>");
        code.Open("public static int SizeMin(short version)");
        scope.DeclareCompact(code, scope.IsEverFlexible);
        EmitSum(scope, code, static spelled => spelled.SizeMin);
        EmitEmptyTagsSize(scope, code);
        if (scope.IsAlwaysFlexible && scope.HasTags) code.Line("size += 1;");
        code.Line("return size;");
        code.Close();
    }

    private static void EmitEmptyTagsSize(StructScope scope, CodeWriter code)
    {
        if (scope.IsEverFlexible && !scope.IsAlwaysFlexible) code.Line("if (compact) size += 1;");
    }

    /// <summary>Adds up the fields: what never varies in one number, then the rest field by field.</summary>
    private static void EmitSum(StructScope scope, CodeWriter code, System.Func<FieldCode, string> size)
    {
        List<FieldModel> plain = [.. scope.Model.Fields.Where(static field => !field.IsTagged)];
        int constant = plain.Where(field => scope.If(field).Length == 0).Sum(field => Constant(size(new FieldCode(scope, field))));
        if (scope.IsAlwaysFlexible && !scope.HasTags) constant += 1;
        code.Line($"int size = {constant};");
        foreach (FieldModel field in plain)
        {
            FieldCode spelled = new(scope, field);
            string condition = scope.If(field);
            if (condition.Length > 0) code.Line($"if ({condition}) size += {size(spelled)};");
            else if (Constant(size(spelled)) == 0) code.Line($"size += {size(spelled)};");
        }
    }

    /// <summary>The number that an expression is; 0 when it must be computed.</summary>
    private static int Constant(string expression) => int.TryParse(expression, out int number) ? number : 0;

    private static void EmitIsDefault(StructScope scope, CodeWriter code)
    {
        if (!IsAskedForDefault(scope)) return;
        IEnumerable<string> conditions = scope.Model.Fields.Select(field => new FieldCode(scope, field).IsDefault);
        code.Line($"internal bool IsDefault => {string.Join(" && ", conditions)};");
        code.Blank();
    }

    /// <summary>Whether some field holds this struct by itself: then its owner may have to know if it is the default.</summary>
    private static bool IsAskedForDefault(StructScope scope) => scope.Message.Structs
        .SelectMany(static s => s.Fields)
        .Any(field => field.IsStruct && !field.IsArray && !field.DefaultsToNull && field.Type == scope.Model.Name);
}
