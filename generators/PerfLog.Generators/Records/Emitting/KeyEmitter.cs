using System.Linq;
using PerfLog.Generators.Emitting;
using PerfLog.Generators.Records.Model;

namespace PerfLog.Generators.Records.Emitting;

/// <summary>Writes the serde of a key: its parts one behind the other, and nothing else.</summary>
internal static class KeyEmitter
{
    public static string Emit(KeyModel key)
    {
        CodeWriter code = RecordScope.Open(key.Space, key.Containers, $"partial {key.Keyword} {key.Name}");
        code.Line($"/// <summary>Writes and reads <see cref=\"{key.Name}\"/>. Any thread may call it.</summary>");
        code.Open($"public sealed class Serde : ISerde<{key.Name}>");
        code.Line("/// <summary>The only one that is needed.</summary>");
        code.Line("public static Serde Instance { get; } = new();");
        code.Blank();
        RecordScope.EmitRegistration(code, key.Name);
        EmitSerialize(code, key);
        EmitDeserialize(code, key);
        code.Close();
        return RecordScope.Close(code, key.Containers);
    }

    private static void EmitSerialize(CodeWriter code, KeyModel key)
    {
        string[] sizes = [.. key.Parts.Select(static part => part.IsText ? $"RecordKeys.Size(value.{part.Name})" : $"{part.Width}")];
        code.Line("/// <inheritdoc/>");
        code.Open($"public void Serialize({key.Name} value, IBufferWriter<byte> destination)");
        code.Line($"Span<byte> bytes = destination.GetSpan({string.Join(" + ", sizes)});");
        code.Line("int end = 0;");
        foreach (KeyPartModel part in key.Parts)
        {
            string value = part.Number.Length > 0 ? $"({part.Number})value.{part.Name}" : $"value.{part.Name}";
            string isLast = part.IsText ? $", isLast: {(part == key.Parts.Last() ? "true" : "false")}" : "";
            code.Line($"RecordKeys.Write({value}{isLast}, bytes, ref end);");
        }

        code.Line("destination.Advance(end);");
        code.Close();
    }

    private static void EmitDeserialize(CodeWriter code, KeyModel key)
    {
        code.Line("/// <inheritdoc/>");
        code.Open($"public {key.Name} Deserialize(ReadOnlyMemory<byte> bytes)");
        code.Line("ReadOnlySpan<byte> rest = bytes.Span;");
        foreach (KeyPartModel part in key.Parts) code.Line($"{part.Type} {Local(part)} = {Read(key, part)};");
        code.Line($"RecordKeys.End(rest, \"{key.Name}\");");
        string values = string.Join(", ", key.Parts.Select(part => key.HasConstructor ? Local(part) : $"{part.Name} = {Local(part)}"));
        code.Line(key.HasConstructor ? $"return new {key.Name}({values});" : $"return new {key.Name} {{ {values} }};");
        code.Close();
    }

    private static string Read(KeyModel key, KeyPartModel part)
    {
        string name = $"\"{key.Name}.{part.Name}\"";
        if (part.IsText) return $"RecordKeys.ReadText(ref rest, isLast: {(part == key.Parts.Last() ? "true" : "false")}, {name})";
        return part.Number.Length > 0 ? $"({part.Type})RecordKeys.Read<{part.Number}>(ref rest, {name})" : $"RecordKeys.ReadGuid(ref rest, {name})";
    }

    private static string Local(KeyPartModel part) => char.ToLowerInvariant(part.Name[0]) + part.Name.Substring(1) + "Part";
}
