namespace PerfLog.Protocol.Connections;

/// <summary>The broker and this client share no version of an api.</summary>
public sealed class UnsupportedApiException(string peer, ApiKey key, MessageVersions own, SupportedApi? theirs)
    : NotSupportedException(Describe(peer, key, own, theirs))
{
    public ApiKey Key { get; } = key;

    private static string Describe(string peer, ApiKey key, MessageVersions own, SupportedApi? theirs) => theirs is { } broker
        ? $"{peer} speaks {key} {broker.Lowest} to {broker.Highest}, this client {own.Lowest} to {own.Highest}."
        : $"{peer} does not offer {key}.";
}
