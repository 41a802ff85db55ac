using System.Collections.Generic;
using PerfLog.Generators.Model;

namespace PerfLog.Generators.Parsing;

/// <summary>Parses one message: its header line, then its fields.</summary>
internal static class MessageParser
{
    public static MessageModel? Parse(List<SchemaLine> lines, MistakeList mistakes)
    {
        MessageModel? header = ParseHeader(lines[0], mistakes);
        if (header is null) return null;
        FieldTree tree = FieldTree.Build(header, lines, mistakes);
        MessageModel message = header with { Structs = new(StructVersions.Resolve(header, tree.Structs)) };
        MessageRules.Check(message, mistakes);
        return message;
    }

    private static MessageModel? ParseHeader(SchemaLine line, MistakeList mistakes)
    {
        if (line.Words.Length < 2) return Reject(line, mistakes, line.Text, "it wants a kind, a name and versions");
        string kind = line.Words[0], name = line.Words[1];
        if (!IsKind(kind)) return Reject(line, mistakes, name, $"'{kind}' is none of request, response, data, key, value");
        if (!NameFits(kind, name)) return Reject(line, mistakes, name, $"the name of a {kind} ends with its kind");
        VersionRange? versions = null, flexible = null;
        int before = mistakes.Count;
        int number = -1;
        bool view = false;
        foreach (KeyValuePair<string, string> trait in line.Traits(2))
        {
            switch (trait.Key)
            {
                case "versions":
                    versions = ParseVersions(line, trait.Value, name, mistakes);
                    break;
                case "flexible":
                    flexible = ParseVersions(line, trait.Value, name, mistakes);
                    break;
                case "key" when kind is "request" or "response" && short.TryParse(trait.Value, out short key):
                    number = key;
                    break;
                case "type" when kind is "key" or "value" && short.TryParse(trait.Value, out short type):
                    number = type;
                    break;
                case "view" when kind == "request":
                    view = true;
                    break;
                default:
                    return Reject(line, mistakes, name, $"'{trait.Key}' with value '{trait.Value}' is not for a {kind}");
            }
        }

        if (mistakes.Count > before) return null;
        if (versions is not { IsEmpty: false, High: < VersionRange.Open }) return Reject(line, mistakes, name, "it wants versions=FIRST-LAST");
        if (flexible is not { } range || (!range.IsEmpty && range.High < VersionRange.Open)) return Reject(line, mistakes, name, "it wants flexible=FIRST+ or flexible=none");
        if (number < 0 && kind != "data") return Reject(line, mistakes, name, kind.Length > 5 ? "it wants key=NUMBER" : "it wants type=NUMBER");
        return new MessageModel(kind, name, number, versions.Value, range, view, default);
    }

    private static bool IsKind(string word) => word is "request" or "response" or "data" or "key" or "value";

    private static bool NameFits(string kind, string name) =>
        kind == "data" || (name.Length > kind.Length && name.EndsWith(kind, System.StringComparison.OrdinalIgnoreCase));

    private static VersionRange? ParseVersions(SchemaLine line, string text, string owner, MistakeList mistakes)
    {
        if (VersionRange.TryParse(text, out VersionRange range)) return range;
        mistakes.Add(SchemaRules.BadVersions, line, text, owner);
        return null;
    }

    private static MessageModel? Reject(SchemaLine line, MistakeList mistakes, string name, string reason)
    {
        mistakes.Add(SchemaRules.BadHeader, line, name, reason);
        return null;
    }
}
