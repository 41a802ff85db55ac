namespace PerfLog.Generators.Model;

/// <summary>What a message contributes to the list of all messages, and where it stands.</summary>
internal sealed record ApiModel(string Kind, string Name, int Number, VersionRange Versions, VersionRange Flexible, string Path, int Line)
{
    public string ApiName => Name.Substring(0, Name.Length - Kind.Length);
}
