using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using PerfLog.Generators.Model;
using PerfLog.Generators.Records.Model;

namespace PerfLog.Generators.Records.Parsing;

/// <summary>A record type's model, unless a mistake forbids it, and all mistakes.</summary>
internal sealed record ParsedRecord(RecordModel? Model, EquatableArray<RecordMistake> Mistakes);

/// <summary>Reads a record type's declaration.</summary>
internal sealed class RecordParser
{
    private const int HeadBytesMax = ushort.MaxValue;
    private static readonly string[] EmittedNames = ["Serde", "View"];

    private readonly INamedTypeSymbol _type;
    private readonly Location? _place;
    private readonly List<RecordMistake> _mistakes = [];

    private readonly bool _isEmitted;

    private RecordParser(INamedTypeSymbol type, bool isEmitted) =>
        (_type, _place, _isEmitted) = (type, type.Locations.FirstOrDefault(), isEmitted);

    /// <param name="type">The type.</param>
    /// <param name="isEmitted">Whether the compilation may have what is emitted for it already, as that of an analyzer has.</param>
    public static ParsedRecord Parse(INamedTypeSymbol type, bool isEmitted) => new RecordParser(type, isEmitted).Parse();

    private ParsedRecord Parse()
    {
        CheckDeclaration();
        EquatableArray<RecordCaseModel> cases = new(UnionCases.Read(_type, _mistakes));
        RecordModel model = cases.Count > 0 || _mistakes.Count > 0 ? Declare([], cases, null, false) : ParseFields();
        if (model.HeadBytes > HeadBytesMax) Report(_place, RecordRules.TooLarge, _type.Name, model.HeadBytes.ToString());
        return new ParsedRecord(_mistakes.Count == 0 ? model : null, new(_mistakes));
    }

    private RecordModel ParseFields()
    {
        if (_type.IsAbstract) Report(_place, RecordRules.BadUnion, _type.Name, "an abstract record needs [Union(tag, typeof(...))] for each of its cases");
        IMethodSymbol? constructor = RecordMembers.Constructor(_type);
        RecordMember[] members = [.. RecordMembers.Of(_type, constructor)];
        FieldList fields = new(_type, _mistakes);
        fields.Add(members);
        // A field that could not be read is missing from the constructor, too, which is no mistake of its own.
        if (_mistakes.Count == 0) CheckConstruction(constructor, fields);
        RecordMember? key = members.FirstOrDefault(static member => member.IsKey);
        RecordKeyModel? keyModel = key is null ? null : new(key.Symbol.Name, key.Type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat));
        return Declare(fields.ById(), [], keyModel, constructor is not null);
    }

    private RecordModel Declare(IEnumerable<RecordFieldModel> fields, IEnumerable<RecordCaseModel> cases, RecordKeyModel? key, bool hasConstructor) => new(
        _type.ContainingNamespace is { IsGlobalNamespace: false } space ? space.ToDisplayString() : "",
        new(Declarations.Containers(_type)),
        Declarations.Keyword(_type),
        _type.Name,
        RecordTypes.SchemaNameOf(_type) ?? _type.Name,
        _type.IsValueType,
        _type.BaseType is { } parent && Marks.Find(parent, Marks.LogRecord) is not null,
        RecordCycles.ContainsItself(_type),
        hasConstructor,
        new(fields),
        new(cases),
        key);

    private void CheckDeclaration()
    {
        foreach (INamedTypeSymbol type in Declarations.SelfAndContainers(_type))
        {
            if (!Declarations.IsPartial(type)) Report(type.Locations.FirstOrDefault(), RecordRules.NotPartial, type.Name);
            if (type.IsGenericType) Report(_place, RecordRules.Generic, _type.Name);
        }

        if (_isEmitted) return;
        foreach (ISymbol member in _type.GetMembers().Where(static member => EmittedNames.Contains(member.Name)))
            Report(member.Locations.FirstOrDefault(), RecordRules.NameClash, member.Name, $"each record has a {member.Name}");
    }

    private void CheckConstruction(IMethodSymbol? constructor, FieldList fields)
    {
        bool isBare = constructor is null && !_type.IsValueType && !_type.IsAbstract
            && !_type.InstanceConstructors.Any(static candidate => candidate.Parameters.Length == 0);
        if (isBare) Report(_place, RecordRules.NotConstructible, _type.Name, "it needs a constructor without parameters, or one whose parameters are fields");
        foreach (IParameterSymbol parameter in constructor?.Parameters ?? [])
        {
            if (!fields.Takes(parameter))
                Report(_place, RecordRules.NotConstructible, _type.Name, $"its constructor's parameter '{parameter.Name}' is no field");
        }
    }

    private void Report(Location? place, string rule, string first, string second = "") =>
        _mistakes.Add(RecordMistake.At(place, rule, first, second));
}
