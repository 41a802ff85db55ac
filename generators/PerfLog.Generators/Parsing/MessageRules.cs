using System.Collections.Generic;
using System.Linq;
using PerfLog.Generators.Model;

namespace PerfLog.Generators.Parsing;

/// <summary>The rules that concern a message as a whole rather than one line of it.</summary>
internal static class MessageRules
{
    // What every emitted message declares besides its fields.
    private static readonly HashSet<string> Reserved =
        ["ApiKey", "Versions", "LowestVersion", "HighestVersion", "FirstFlexibleVersion", "RecordType", "Size", "Write", "Read"];

    public static void Check(MessageModel message, MistakeList mistakes)
    {
        HashSet<string> structs = [.. message.Structs.Select(static s => s.Name)];
        foreach (StructModel owner in message.Structs)
        {
            foreach (FieldModel field in owner.Fields) Check(message, owner, field, structs, mistakes);
        }
    }

    private static void Check(MessageModel message, StructModel owner, FieldModel field, HashSet<string> structs, MistakeList mistakes)
    {
        bool atTop = ReferenceEquals(owner, message.Structs[0]);
        VersionRange used = field.Versions.Intersect(owner.Versions);
        if (used.IsEmpty && !owner.Versions.IsEmpty) mistakes.Add(SchemaRules.BadVersions, field.Line, field.Versions.InWords(), field.Name);
        if (field.IsTagged && !message.Flexible.Covers(used)) mistakes.Add(SchemaRules.TagWithoutFlexible, field.Line, field.Name);
        if (field.Name == owner.Name || (atTop && structs.Contains(field.Name))) mistakes.Add(SchemaRules.DuplicateStruct, field.Line, field.Name, "a field and a struct of one scope need different names");
        if (atTop && Reserved.Contains(field.Name)) mistakes.Add(SchemaRules.DuplicateStruct, field.Line, field.Name, "every message declares it already");
        if (message.HasView && !HasView(field)) mistakes.Add(SchemaRules.NoView, field.Line, field.Name, (field.IsArray ? "[]" : "") + field.Type);
    }

    private static bool HasView(FieldModel field) =>
        field.IsStruct ? !field.IsNullable || field.IsArray : !field.IsArray || field.Type == "int32";
}
