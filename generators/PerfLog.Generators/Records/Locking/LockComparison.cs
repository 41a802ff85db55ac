using System.Collections.Generic;
using System.Linq;

namespace PerfLog.Generators.Records.Locking;

/// <summary>Something that a comparison found.</summary>
/// <param name="Rule">The rule that is broken.</param>
/// <param name="Member">The field, case or value; empty for the type itself.</param>
/// <param name="Subject">Type and member, as the message names them.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Id">The id in question.</param>
/// <param name="Reservation">The C# type that would reserve the id; empty when nothing would.</param>
internal sealed record LockFinding(string Rule, string Member, string Subject, string What, long Id = 0, string Reservation = "");

/// <summary>Compares a type with what the lock file says of it: which changes would make old bytes or old readers go wrong. Pure.</summary>
internal sealed class LockComparison(LockedType locked, LockedType current, IReadOnlyDictionary<string, string> enums)
{
    private readonly List<LockFinding> _findings = [];

    public IReadOnlyList<LockFinding> Run()
    {
        if (locked.Kind != current.Kind) Add(LockRules.TypeChanged, "", $"was a {locked.KindName} and is now a {current.KindName}");
        else if (locked.Kind == LockedKind.Record) CompareFields();
        else if (locked.Kind == LockedKind.Union) CompareCases();
        else CompareValues();
        return _findings;
    }

    private void CompareFields()
    {
        foreach (LockedLine before in locked.Lines)
        {
            LockedLine? now = current.ById(before.Id);
            if (now is null) Removed(before);
            else if (before.Reserved > 0 && now.Reserved == 0)
                Add(LockRules.IdReused, now.Name, $"takes id {before.Id}, which was {before.Name}'s; take the next free id, {NextId}");
            else if (now.Reserved > 0) CompareReserved(before, now);
            else CompareField(before, now);
        }

        foreach (LockedLine added in current.Lines.Where(line => line.IsRequired && locked.ById(line.Id) is null))
            Add(LockRules.RequiredAdded, added.Name, "is required, and the records written so far are without it; make it optional");
    }

    private long NextId => locked.Lines.Concat(current.Lines).Max(static line => line.Id) + 1;

    private void Removed(LockedLine before) => _findings.Add(new(
        LockRules.Removed, "", $"{current.Name}.{before.Name}", $"is gone, and its id {before.Id} is not reserved", before.Id,
        LockTypes.Reservation(before.Type, enums)));

    private void CompareReserved(LockedLine before, LockedLine now)
    {
        if (LockTypes.Width(before.Type, enums) != LockTypes.Width(now.Type, enums))
            Add(LockRules.TypeChanged, "", $"reserves id {before.Id} as {now.Type}, and {before.Name} was {before.Type}");
    }

    private void CompareField(LockedLine before, LockedLine now)
    {
        LockedLine? elsewhere = before.Name == now.Name ? null : current.ByName(before.Name);
        bool isSameType = LockTypes.Bare(before.Type) == LockTypes.Bare(now.Type);
        bool isOtherSlot = LockTypes.IsFixed(before.Type) && before.Type != now.Type;
        if (elsewhere is not null)
            Add(LockRules.Moved, elsewhere.Name, $"has id {elsewhere.Id} and had id {before.Id}");
        else if (!isSameType || isOtherSlot)
            Add(LockRules.TypeChanged, now.Name, $"has id {now.Id} as {now.Type}, and that id was {before.Name} as {before.Type}");
        else if (LockTypes.IsNullable(before.Type) && !LockTypes.IsNullable(now.Type))
            Add(LockRules.NullForbidden, now.Name, "cannot be null, and in the records written so far it may be");
        else if (now.IsRequired && !before.IsRequired && before.Since > 1)
            Add(LockRules.RequiredAdded, now.Name, $"is required, and the records of version {before.Since - 1} are without it");
    }

    private void CompareCases()
    {
        foreach (LockedLine before in locked.Lines)
        {
            if (current.ById(before.Id) is not { } now) Add(LockRules.UnionChanged, "", $"is without the case {before.Name}, tag {before.Id}, which records hold");
            else if (now.Type != before.Type) Add(LockRules.UnionChanged, "", $"has {now.Type} as tag {before.Id}, which was {before.Type}");
        }
    }

    private void CompareValues()
    {
        if (locked.Underlying != current.Underlying)
            Add(LockRules.EnumChanged, "", $"is {current.Underlying}, and was {locked.Underlying}");
        foreach (LockedLine before in locked.Lines)
        {
            if (current.ByName(before.Name) is { } now && now.Id != before.Id)
                Add(LockRules.EnumChanged, before.Name, $"is {now.Id}, and was {before.Id}");
        }
    }

    private void Add(string rule, string member, string what) =>
        _findings.Add(new(rule, member, member.Length == 0 ? current.Name : $"{current.Name}.{member}", what));
}
