using System.Linq;
using PerfLog.Generators.Model;

namespace PerfLog.Generators.Records.Locking;

/// <summary>What a type in the lock file is.</summary>
internal enum LockedKind
{
    Record,
    Union,
    Enum,
}

/// <summary>A field of a record, a case of a union or a value of an enum, as the lock file has it.</summary>
/// <param name="Id">The field's id, the case's tag, the value.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">A field's type, a case's record; empty for an enum's value.</param>
/// <param name="IsRequired">Whether a record without it is refused.</param>
/// <param name="Since">The version of the type that it came with.</param>
/// <param name="Reserved">The version that it went with; 0 when it is there.</param>
internal sealed record LockedLine(long Id, string Name, string Type, bool IsRequired, int Since, int Reserved);

/// <summary>A type in the lock file, or as it is in the source by now.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">The name that stands for it.</param>
/// <param name="Underlying">The number behind an enum; else empty.</param>
/// <param name="Version">How often it has changed, from 1.</param>
/// <param name="Lines">What it consists of, by id.</param>
internal sealed record LockedType(LockedKind Kind, string Name, string Underlying, int Version, EquatableArray<LockedLine> Lines)
{
    public LockedLine? ById(long id) => Lines.FirstOrDefault(line => line.Id == id);

    public LockedLine? ByName(string name) => Lines.FirstOrDefault(line => line.Name == name && line.Reserved == 0);

    public string KindName => Kind.ToString().ToLowerInvariant();
}
