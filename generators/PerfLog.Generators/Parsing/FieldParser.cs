using System.Collections.Generic;
using PerfLog.Generators.Model;

namespace PerfLog.Generators.Parsing;

/// <summary>Parses a field line: <c>Name: type versions trait*</c>.</summary>
internal static class FieldParser
{
    public static FieldModel? Parse(SchemaLine line, MistakeList mistakes)
    {
        string[] words = line.Words;
        if (words.Length < 3 || !words[0].EndsWith(":"))
        {
            mistakes.Add(SchemaRules.Syntax, line, line.Text, "a field is 'Name: type versions'");
            return null;
        }

        string name = words[0].Substring(0, words[0].Length - 1);
        if (!IsName(name)) mistakes.Add(SchemaRules.Syntax, line, line.Text, "a name is letters and digits and starts with a capital");
        bool array = words[1].StartsWith("[]");
        string type = array ? words[1].Substring(2) : words[1];
        bool isStruct = IsName(type);
        if (!VersionRange.TryParse(words[2], out VersionRange versions) || versions.IsEmpty)
        {
            mistakes.Add(SchemaRules.BadVersions, line, words[2], name);
            return null;
        }

        if (!isStruct && !(array ? PrimitiveType.IsElement(type) : PrimitiveType.TryFind(type, out _)))
        {
            mistakes.Add(SchemaRules.UnknownType, line, words[1], name);
            return null;
        }

        FieldModel field = new(name, type, array, isStruct, versions, VersionRange.Never, -1, "", false, false, line.Number);
        foreach (KeyValuePair<string, string> trait in line.Traits(3)) field = Apply(field, trait, line, mistakes);
        CheckDefault(field, line, mistakes);
        return field;
    }

    private static FieldModel Apply(FieldModel field, KeyValuePair<string, string> trait, SchemaLine line, MistakeList mistakes)
    {
        switch (trait.Key)
        {
            case "nullable":
                if (!VersionRange.TryParse(trait.Value, out VersionRange range)) mistakes.Add(SchemaRules.BadVersions, line, trait.Value, field.Name);
                if (!CanBeNull(field)) mistakes.Add(SchemaRules.NotNullable, line, field.Name, field.Type);
                return field with { Nullable = range };
            case "tag" when ushort.TryParse(trait.Value, out ushort tag):
                return field with { Tag = tag };
            case "default" when trait.Value.Length > 0:
                return field with { Default = trait.Value };
            case "ignorable" when trait.Value.Length == 0:
                return field with { Ignorable = true };
            case "flexible" when trait.Value == "none":
                return field with { NeverCompact = true };
            default:
                mistakes.Add(SchemaRules.UnknownTrait, line, trait.Value.Length == 0 ? trait.Key : $"{trait.Key}={trait.Value}", field.Name);
                return field;
        }
    }

    private static void CheckDefault(FieldModel field, SchemaLine line, MistakeList mistakes)
    {
        if (field.Default.Length == 0) return;
        bool fits = field.Default == "null"
            ? field.IsNullable
            : !field.IsArray && !field.IsStruct && PrimitiveType.Of(field.Type).Accepts(field.Default);
        if (!fits) mistakes.Add(SchemaRules.BadDefault, line, field.Default, field.Name);
    }

    private static bool CanBeNull(FieldModel field) =>
        field.IsArray || field.IsStruct || PrimitiveType.Of(field.Type).Bytes == 0;

    private static bool IsName(string text)
    {
        if (text.Length == 0 || text[0] is < 'A' or > 'Z') return false;
        foreach (char c in text)
        {
            if (c is not ((>= 'A' and <= 'Z') or (>= 'a' and <= 'z') or (>= '0' and <= '9'))) return false;
        }

        return true;
    }
}
