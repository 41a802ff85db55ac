namespace PerfLog.Generators.Model;

/// <summary>One message of a schema file with the structs inside it; the first struct is the message itself.</summary>
/// <param name="Kind">request, response, data, key or value.</param>
/// <param name="Number">The api key of a request or response, the record type of a key or value; -1 for data.</param>
/// <param name="Flexible">The versions with compact forms and tag buffers.</param>
/// <param name="HasView">Whether a view in place is wanted besides the class.</param>
internal sealed record MessageModel(
    string Kind,
    string Name,
    int Number,
    VersionRange Versions,
    VersionRange Flexible,
    bool HasView,
    EquatableArray<StructModel> Structs)
{
    public bool IsApi => Kind is "request" or "response";

    /// <summary>The api's name: the message's without Request or Response.</summary>
    public string ApiName => Name.Substring(0, Name.Length - Kind.Length);
}
