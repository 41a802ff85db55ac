namespace PerfLog.Protocol.Serialization;

/// <summary>The errors of writing a message in a version that cannot hold what it holds.</summary>
internal static class Misfit
{
    public static InvalidOperationException AbsentField(string owner, string field, short version) =>
        new($"{owner}.{field} has a value, and version {version} has no such field.");

    public static InvalidOperationException NullField(string owner, string field, short version) =>
        new($"{owner}.{field} is null, which version {version} does not allow.");
}
