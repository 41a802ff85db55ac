using System.Collections.Generic;
using System.Linq;
using PerfLog.Generators.Model;

namespace PerfLog.Generators.Records.Model;

/// <summary>A field of a record.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its member's name; for a reserved field, which has no member, a name made from its id.</param>
/// <param name="Type">Its type.</param>
/// <param name="IsReserved">Whether only its place is left.</param>
/// <param name="IsRequired">Whether a record without it is refused.</param>
/// <param name="Parameter">The constructor's parameter that takes it; null when it is set.</param>
internal sealed record RecordFieldModel(int Id, string Name, RecordTypeModel Type, bool IsReserved, bool IsRequired, string? Parameter);

/// <summary>A case of a union.</summary>
internal sealed record RecordCaseModel(int Tag, string Name, string Type, string LockName);

/// <summary>The key that a record is sent with.</summary>
internal sealed record RecordKeyModel(string Member, string Type);

/// <summary>A record type: what is emitted depends on this alone.</summary>
/// <param name="Space">Its namespace; empty for none.</param>
/// <param name="Containers">The heads of the types that it is nested in, outermost first.</param>
/// <param name="Keyword">As it is declared: "record", "record struct", "class", "struct".</param>
/// <param name="Name">Its name.</param>
/// <param name="SchemaName">What stands for it in bytes and lock file.</param>
/// <param name="IsValueType">Whether it is a struct.</param>
/// <param name="Hides">Whether its base type has a serde and a view, too.</param>
/// <param name="IsRecursive">Whether it can contain itself.</param>
/// <param name="HasConstructor">Whether it is made by a constructor with parameters.</param>
/// <param name="Fields">By id, reserved ones included.</param>
/// <param name="Cases">By tag; empty unless it is a union.</param>
/// <param name="Key">Its key, if it names one.</param>
internal sealed record RecordModel(
    string Space, EquatableArray<string> Containers, string Keyword, string Name, string SchemaName, bool IsValueType, bool Hides,
    bool IsRecursive, bool HasConstructor, EquatableArray<RecordFieldModel> Fields, EquatableArray<RecordCaseModel> Cases,
    RecordKeyModel? Key)
{
    private const int HeaderBytes = 4;
    private const int HeadBytesShift = 16;

    public bool IsUnion => Cases.Count > 0;

    public int HeadBytes => HeaderBytes + Fields.Sum(static each => each.Type.SlotWidth);

    /// <summary>What each of its records starts with: the hash of its name and the size of its head.</summary>
    public uint Header => (uint)(HeadBytes << HeadBytesShift) | NameHash;

    public IEnumerable<RecordFieldModel> LiveFields => Fields.Where(static each => !each.IsReserved);

    /// <summary>Where each field's slot starts.</summary>
    public int OffsetOf(RecordFieldModel field) =>
        HeaderBytes + Fields.TakeWhile(other => other.Id < field.Id).Sum(static other => other.Type.SlotWidth);

    /// <summary>The field whose part lies before a field's own, if there is one.</summary>
    public RecordFieldModel? PartBefore(RecordFieldModel field) =>
        Fields.LastOrDefault(other => other.Id < field.Id && !other.Type.IsFixed);

    // FNV-1a of the name's UTF-8, its halves folded into one.
    private ushort NameHash
    {
        get
        {
            uint hash = 2166136261;
            foreach (byte letter in System.Text.Encoding.UTF8.GetBytes(SchemaName)) hash = unchecked((hash ^ letter) * 16777619);
            return (ushort)(hash ^ (hash >> 16));
        }
    }
}
