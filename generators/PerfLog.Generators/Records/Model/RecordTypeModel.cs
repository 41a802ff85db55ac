namespace PerfLog.Generators.Records.Model;

/// <summary>How a type lies in a record's bytes.</summary>
internal enum RecordShape
{
    /// <summary>Of fixed width, and the value's memory is its form.</summary>
    Number,

    /// <summary>Of fixed width, by way of a slot type.</summary>
    Slot,

    /// <summary>As the number behind it.</summary>
    Enum,
    Text,
    Record,
    List,
}

/// <summary>What a list is in C#.</summary>
internal enum ListKind
{
    None,
    Array,
    List,
    Immutable,
    Memory,
}

/// <summary>The type of a field.</summary>
/// <param name="Shape">How it lies in the bytes.</param>
/// <param name="Name">In C#, fully qualified, without nullability.</param>
/// <param name="SlotName">The type of its slot, when it has a fixed width.</param>
/// <param name="Width">The width of its slot, without the byte that an optional one has.</param>
/// <param name="IsNullable">Whether it can be null.</param>
/// <param name="IsValueType">Whether it is a struct in C#.</param>
/// <param name="LockName">What the lock file calls it, without nullability.</param>
/// <param name="Kind">What the list is, if it is one.</param>
/// <param name="Element">Its element's type, if it is a list.</param>
internal sealed record RecordTypeModel(
    RecordShape Shape, string Name, string SlotName, int Width, bool IsNullable, bool IsValueType, string LockName,
    ListKind Kind = ListKind.None, RecordTypeModel? Element = null)
{
    /// <summary>The width of a slot that says where a part ends.</summary>
    public const int PartSlotWidth = 4;

    public bool IsFixed => Shape is RecordShape.Number or RecordShape.Slot or RecordShape.Enum;

    /// <summary>The slot in C#.</summary>
    public string SlotType => !IsFixed ? "uint" : IsNullable ? $"OptionalSlot<{SlotName}>" : SlotName;

    public int SlotWidth => !IsFixed ? PartSlotWidth : IsNullable ? Width + 1 : Width;

    public string NameOrNull => IsNullable ? Name + "?" : Name;

    public string LockNameOrNull => IsNullable ? LockName + "?" : LockName;
}
