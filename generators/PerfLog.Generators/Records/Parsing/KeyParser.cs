using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using PerfLog.Generators.Model;
using PerfLog.Generators.Records.Model;

namespace PerfLog.Generators.Records.Parsing;

/// <summary>A key's model, unless a mistake forbids it, and all mistakes.</summary>
internal sealed record ParsedKey(KeyModel? Model, EquatableArray<RecordMistake> Mistakes);

/// <summary>Reads the declaration of a key of several parts.</summary>
internal static class KeyParser
{
    public static ParsedKey Parse(INamedTypeSymbol type)
    {
        List<RecordMistake> mistakes = [];
        Location? place = type.Locations.FirstOrDefault();
        if (Marks.Find(type, Marks.LogRecord) is not null)
            mistakes.Add(RecordMistake.At(place, RecordRules.BadKey, type.Name, "it is a [LogRecord], whose bytes may change, and a key's may not"));
        foreach (INamedTypeSymbol level in Declarations.SelfAndContainers(type))
        {
            if (!Declarations.IsPartial(level)) mistakes.Add(RecordMistake.At(level.Locations.FirstOrDefault(), RecordRules.NotPartial, level.Name));
            if (level.IsGenericType) mistakes.Add(RecordMistake.At(place, RecordRules.Generic, type.Name));
        }

        IMethodSymbol? constructor = RecordMembers.Constructor(type);
        KeyPartModel[] parts = [.. Parts(type, constructor, mistakes)];
        if (parts.Length == 0 && mistakes.Count == 0) mistakes.Add(RecordMistake.At(place, RecordRules.NoFields, type.Name));
        if (mistakes.Count > 0) return new(null, new(mistakes));
        string space = type.ContainingNamespace is { IsGlobalNamespace: false } named ? named.ToDisplayString() : "";
        return new(new(space, new(Declarations.Containers(type)), Declarations.Keyword(type), type.Name, constructor is not null, new(parts)), default);
    }

    private static IEnumerable<KeyPartModel> Parts(INamedTypeSymbol type, IMethodSymbol? constructor, List<RecordMistake> mistakes)
    {
        foreach (RecordMember member in RecordMembers.Of(type, constructor).Where(static member =>
            member.Symbol.DeclaredAccessibility == Accessibility.Public && (member.IsSettable || member.Parameter is not null)))
        {
            RecordTypeModel? part = RecordTypes.Of(member.Type, out _);
            if (part is { IsNullable: false, Shape: RecordShape.Text }) yield return new(member.Symbol.Name, part.Name, "", 0);
            else if (part is { IsNullable: false, LockName: "guid" }) yield return new(member.Symbol.Name, part.Name, "", part.Width);
            else if (part is { IsNullable: false } && (part.Shape == RecordShape.Enum || IsInteger(part))) yield return new(member.Symbol.Name, part.Name, part.SlotName, part.Width);
            else mistakes.Add(RecordMistake.At(member.Place, RecordRules.BadKey, $"{type.Name}.{member.Symbol.Name}", "a key's parts are texts, integers, enums and Guids that are not null"));
        }
    }

    private static bool IsInteger(RecordTypeModel part) => part.LockName.StartsWith("int", System.StringComparison.Ordinal)
        || part.LockName.StartsWith("uint", System.StringComparison.Ordinal);
}
