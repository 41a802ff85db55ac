using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using PerfLog.Generators.Records.Model;

namespace PerfLog.Generators.Records.Parsing;

/// <summary>Gathers a record's fields and what is reserved, and checks their ids.</summary>
internal sealed class FieldList(INamedTypeSymbol type, List<RecordMistake> mistakes)
{
    private readonly List<RecordFieldModel> _fields = [];

    public void Add(IReadOnlyList<RecordMember> members)
    {
        if (members.Any(static member => member.FieldMark is not null)) AddMarked(members);
        else AddInOrder(members);
        AddReserved();
        if (mistakes.Count == 0 && !_fields.Any(static field => !field.IsReserved)) Report(type.Locations.FirstOrDefault(), RecordRules.NoFields, type.Name);
        CheckNames();
        CheckGaps();
    }

    public bool Takes(IParameterSymbol parameter) => _fields.Any(field => field.Parameter == parameter.Name);

    public IEnumerable<RecordFieldModel> ById() => _fields.OrderBy(static field => field.Id);

    private void AddMarked(IReadOnlyList<RecordMember> members)
    {
        foreach (RecordMember member in members)
        {
            if (member.FieldMark is { } mark && mark.ConstructorArguments.FirstOrDefault().Value is int id) Add(member, id);
        }
    }

    private void AddInOrder(IReadOnlyList<RecordMember> members)
    {
        int id = 0;
        foreach (RecordMember member in members.Where(static member =>
            member.Symbol.DeclaredAccessibility == Accessibility.Public && (member.IsSettable || member.Parameter is not null)))
            Add(member, ++id);
    }

    private void Add(RecordMember member, int id)
    {
        if (!member.IsSettable && member.Parameter is null)
            Report(member.Place, RecordRules.NotSettable, $"{type.Name}.{member.Symbol.Name}");
        if (RecordTypes.Of(member.Type, out string why) is { } model)
            AddUnlessTaken(new(id, member.Symbol.Name, model, false, member.IsRequired, member.Parameter?.Name), member.Place);
        else
            Report(member.Place, RecordRules.UnknownType, $"{type.Name}.{member.Symbol.Name}", why);
    }

    private void AddReserved()
    {
        foreach (AttributeData mark in Marks.All(type, Marks.ReservedField))
        {
            if (mark.ConstructorArguments.ElementAtOrDefault(0).Value is not int id || mark.ConstructorArguments.ElementAtOrDefault(1).Value is not ITypeSymbol reserved) continue;
            if (RecordTypes.Of(reserved, out string why) is { } model)
                AddUnlessTaken(new(id, $"Reserved{id}", model, true, false, null), Marks.PlaceOf(mark));
            else
                Report(Marks.PlaceOf(mark), RecordRules.UnknownType, $"{type.Name}, id {id}", why);
        }
    }

    private void AddUnlessTaken(RecordFieldModel field, Location? place)
    {
        if (_fields.Any(other => other.Id == field.Id)) Report(place, RecordRules.DuplicateId, type.Name, field.Id.ToString());
        _fields.Add(field);
    }

    private void CheckGaps()
    {
        if (mistakes.Count > 0) return;
        int expected = 1;
        foreach (RecordFieldModel field in ById())
        {
            if (field.Id < 1) Report(type.Locations.FirstOrDefault(), RecordRules.IdGap, type.Name, "1, with which ids start");
            else while (expected < field.Id) Report(type.Locations.FirstOrDefault(), RecordRules.IdGap, type.Name, $"{expected++}");
            expected = field.Id + 1;
        }
    }

    private void CheckNames()
    {
        HashSet<string> names = ["Over"];
        foreach (string name in _fields.Where(static field => !field.IsReserved).SelectMany(ViewNames.Of))
        {
            if (!names.Add(name)) Report(type.Locations.FirstOrDefault(), RecordRules.NameClash, name, $"the view of {type.Name} would have it twice");
        }
    }

    private void Report(Location? place, string rule, string first, string second = "") =>
        mistakes.Add(RecordMistake.At(place, rule, first, second));
}

/// <summary>The names that a field has in the view.</summary>
internal static class ViewNames
{
    public static IEnumerable<string> Of(RecordFieldModel field)
    {
        yield return field.Name;
        if (field.Type.Shape == RecordShape.Text) yield return field.Name + "Utf8";
        if (!field.Type.IsFixed && field.Type.IsNullable) yield return "Has" + field.Name;
    }
}
