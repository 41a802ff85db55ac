using System.Collections.Generic;
using System.Linq;
using PerfLog.Generators.Model;

namespace PerfLog.Generators.Emitting;

/// <summary>
/// Emits a message's view: a ref struct whose properties lie in the request's own bytes. Reading it walks the whole
/// body once, so that walking its arrays later cannot fail; it allocates nothing.
/// </summary>
internal static class ViewEmitter
{
    public static string Emit(MessageModel message)
    {
        CodeWriter code = CodeWriter.File("PerfLog.Protocol.Messages");
        ViewScope scope = new(message, message.Structs[0]);
        code.Line($"/// <summary>A <see cref=\"{message.Name}\"/> read in place, without allocation. It lives on the stack and ends with the frame.</summary>");
        code.Open($"public ref struct {scope.ViewName}");
        code.Line($"private const short FirstFlexibleVersion = {message.Name}.FirstFlexibleVersion;");
        code.Blank();
        EmitTryRead(scope, code);
        EmitStruct(scope, code);
        foreach (StructModel nested in message.Structs.Skip(1)) EmitNested(new ViewScope(message, nested), code);
        code.Close();
        return code.ToString();
    }

    private static void EmitTryRead(ViewScope scope, CodeWriter code)
    {
        code.Line("/// <summary>Reads a request's body, the bytes after its header.</summary>");
        code.Line("/// <returns>False when the body does not hold what the version demands; the view is then of no use.</returns>");
        code.Open($"public static bool TryRead(ReadOnlySpan<byte> body, short version, out {scope.ViewName} view)");
        code.Line("WireReader reader = new(body);");
        code.Line($"{scope.Message.Name}.Versions.Require(version, ref reader);");
        code.Line("view = Read(ref reader, version);");
        code.Line("return !reader.Failed;");
        code.Close();
    }

    private static void EmitNested(ViewScope scope, CodeWriter code)
    {
        code.Line($"/// <summary>A part of <see cref=\"{scope.Message.Name}View\"/>, {scope.Model.Versions.InWords()}.</summary>");
        code.Open($"public ref struct {scope.ViewName} : IElementView<{scope.ViewName}>");
        EmitStruct(scope, code);
        code.Line("/// <summary>The least bytes that one takes.</summary>");
        code.Line($"public static int SizeMin(short version) => {scope.Message.Name}.{scope.Model.Name}.SizeMin(version);");
        code.Close();
    }

    private static void EmitStruct(ViewScope scope, CodeWriter code)
    {
        code.Open($"public {scope.ViewName}()");
        code.Close();
        foreach (FieldModel field in scope.Model.Fields) ViewFieldEmitter.EmitProperties(scope, field, code);
        EmitRead(scope, code);
        if (scope.HasTags) EmitReadTags(scope, code);
    }

    private static void EmitRead(ViewScope scope, CodeWriter code)
    {
        code.Line("/// <summary>Reads all fields of the version; ask the reader afterwards whether it failed.</summary>");
        code.Open($"public static {scope.ViewName} Read(scoped ref WireReader reader, short version)");
        bool asks = scope.Model.Fields.Any(field => !field.IsTagged && scope.UsesCompact(field)) || scope.IsEverFlexible;
        scope.DeclareCompact(code, asks);
        code.Line($"{scope.ViewName} view = new();");
        foreach (FieldModel field in scope.Model.Fields.Where(static field => !field.IsTagged)) EmitField(scope, field, code);
        if (scope.IsEverFlexible) EmitTags(scope, code);
        code.Line("return view;");
        code.Close();
    }

    private static void EmitField(ViewScope scope, FieldModel field, CodeWriter code)
    {
        string condition = scope.If(field);
        if (condition.Length > 0) code.Open($"if ({condition})");
        ViewFieldEmitter.EmitRead(scope, field, code, "", "view.");
        if (condition.Length > 0) code.Close();
    }

    private static void EmitTags(ViewScope scope, CodeWriter code)
    {
        string read = scope.HasTags ? "view.ReadTaggedFields(ref reader, version);" : "reader.SkipTaggedFields();";
        code.Line(scope.IsAlwaysFlexible ? read : $"if (compact) {read}");
    }

    private static void EmitReadTags(ViewScope scope, CodeWriter code)
    {
        List<FieldModel> tagged = [.. scope.Model.Fields.Where(static field => field.IsTagged).OrderBy(static field => field.Tag)];
        code.Open("private void ReadTaggedFields(scoped ref WireReader reader, short version)");
        if (scope.Compact == "compact" && tagged.Any(scope.UsesCompact)) code.Line("const bool compact = true;");
        TaggedEmitter.EmitLoop(scope, tagged, code);
        code.Close();
    }
}
