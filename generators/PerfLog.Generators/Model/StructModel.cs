namespace PerfLog.Generators.Model;

/// <summary>A message itself, or a struct inside it.</summary>
/// <param name="Versions">The message's versions in which the struct can occur.</param>
internal sealed record StructModel(string Name, VersionRange Versions, EquatableArray<FieldModel> Fields, int Line);
