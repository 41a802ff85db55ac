namespace PerfLog.Generators.Model;

/// <summary>One field of a struct, as its schema line says it.</summary>
/// <param name="Type">A primitive's name, or a struct's of the same message.</param>
/// <param name="Versions">The versions that have the field.</param>
/// <param name="Nullable">The versions in which it may be null.</param>
/// <param name="Tag">Its tag, or -1 for a field that stands in its place.</param>
/// <param name="Default">The default as written in the schema; empty for the type's own.</param>
/// <param name="Ignorable">Whether a value is dropped in silence in versions that lack the field.</param>
/// <param name="NeverCompact">Whether it keeps its classic form in flexible versions.</param>
/// <param name="Line">Its line in the schema file, from 0.</param>
internal sealed record FieldModel(
    string Name,
    string Type,
    bool IsArray,
    bool IsStruct,
    VersionRange Versions,
    VersionRange Nullable,
    int Tag,
    string Default,
    bool Ignorable,
    bool NeverCompact,
    int Line)
{
    public bool IsTagged => Tag >= 0;

    public bool IsNullable => !Nullable.IsEmpty;

    public bool DefaultsToNull => Default == "null" || (Type == "records" && Default.Length == 0);
}
