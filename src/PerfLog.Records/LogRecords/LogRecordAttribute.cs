namespace PerfLog.Records;

/// <summary>
/// Marks a partial record, struct or class whose serializer, deserializer and view are written at compile time. Its fields
/// are the properties and fields marked with <see cref="FieldAttribute"/>; when none is marked, all that can be set, numbered
/// in the order in which they are declared.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
public sealed class LogRecordAttribute : Attribute
{
    /// <summary>
    /// The name that stands for the type in its bytes (as a hash) and in the lock file; null for the type's full name. Give it
    /// before a type that has been written is renamed or moved.
    /// </summary>
    public string? Name { get; init; }
}

/// <summary>A field of a record and its id: from 1, without gaps, never used again for anything else.</summary>
/// <param name="id">Where the field stands among the others. New fields get the next one.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class FieldAttribute(int id) : Attribute
{
    /// <summary>The field's id.</summary>
    public int Id { get; } = id;
}

/// <summary>A field that was removed: its id and its type keep their place in the bytes.</summary>
/// <param name="id">The id that the field had.</param>
/// <param name="type">The type that it had, as in <c>typeof(int?)</c>; whether a string, list or record could be null plays no part.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, AllowMultiple = true, Inherited = false)]
public sealed class ReservedFieldAttribute(int id, Type type) : Attribute
{
    /// <summary>The id that the field had.</summary>
    public int Id { get; } = id;

    /// <summary>The type that it had.</summary>
    public Type Type { get; } = type;
}

/// <summary>One of the record types that a value of this abstract type can be. It is written as its tag and then as itself.</summary>
/// <param name="tag">What stands for the case in the bytes: 1 to 65535, never used again for another.</param>
/// <param name="type">A record type derived from this one.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class UnionAttribute(int tag, Type type) : Attribute
{
    /// <summary>What stands for the case in the bytes.</summary>
    public int Tag { get; } = tag;

    /// <summary>The case.</summary>
    public Type Type { get; } = type;
}

/// <summary>
/// On a property of a <see cref="LogRecordAttribute">record</see>: records are keyed by it, see <see cref="IKeyed{TKey}"/>. On a
/// partial struct or record: a key of several parts, whose serde is written at compile time; the bytes hold the parts and nothing
/// else, so that they, and with them the partition, never change.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter | AttributeTargets.Struct | AttributeTargets.Class, Inherited = false)]
public sealed class PartitionKeyAttribute : Attribute;
