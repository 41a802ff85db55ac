namespace PerfLog.Generators.Model;

/// <summary>All that one schema file says: its sound messages and its mistakes.</summary>
internal sealed record SchemaFile(
    EquatableArray<MessageModel> Messages,
    EquatableArray<ApiModel> Apis,
    EquatableArray<SchemaMistake> Mistakes);
