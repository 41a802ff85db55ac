using System.Collections.Generic;
using System.Linq;
using PerfLog.Generators.Model;

namespace PerfLog.Generators.Parsing;

/// <summary>
/// Works out in which versions each struct can occur: those of the fields that use it, within those of their owners.
/// Emitted code then asks for a version only where the answer can differ.
/// </summary>
internal static class StructVersions
{
    public static IEnumerable<StructModel> Resolve(MessageModel message, IEnumerable<StructModel> structs)
    {
        List<StructModel> all = [.. structs];
        Dictionary<string, VersionRange> ranges = [];
        foreach (StructModel each in all) ranges[each.Name] = VersionRange.Never;
        ranges[all[0].Name] = message.Versions;

        // A struct may be used again by one that stands before it, so a round may widen what an earlier round narrowed.
        for (int round = 0; round < all.Count; round++)
        {
            foreach (StructModel owner in all) Widen(owner, ranges);
        }

        return all.Select(s => s with { Versions = ranges[s.Name] });
    }

    private static void Widen(StructModel owner, Dictionary<string, VersionRange> ranges)
    {
        foreach (FieldModel field in owner.Fields.Where(field => field.IsStruct && ranges.ContainsKey(field.Type)))
        {
            ranges[field.Type] = ranges[field.Type].Span(field.Versions.Intersect(ranges[owner.Name]));
        }
    }
}
