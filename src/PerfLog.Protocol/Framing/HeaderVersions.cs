namespace PerfLog.Protocol;

/// <summary>Which header goes before a request's or a response's body.</summary>
public static class HeaderVersions
{
    /// <summary>Api key, version, correlation id: only the oldest controlled shutdown stops here.</summary>
    public const short BareRequest = 0;

    /// <summary>The same and a client id.</summary>
    public const short ClassicRequest = 1;

    /// <summary>The same and a tag buffer. The client id keeps its classic form.</summary>
    public const short FlexibleRequest = 2;

    /// <summary>A correlation id alone.</summary>
    public const short ClassicResponse = 0;

    /// <summary>A correlation id and a tag buffer.</summary>
    public const short FlexibleResponse = 1;

    public static short Request(ApiKey key, short version)
    {
        if (key == ApiKey.ControlledShutdown && version == 0) return BareRequest;
        return IsFlexible(key, version) ? FlexibleRequest : ClassicRequest;
    }

    public static short Response(ApiKey key, short version)
    {
        // A client reads this one before it can know which versions the broker speaks, so its header never changes.
        if (key == ApiKey.ApiVersions) return ClassicResponse;
        return IsFlexible(key, version) ? FlexibleResponse : ClassicResponse;
    }

    private static bool IsFlexible(ApiKey key, short version) =>
        ApiVersionCatalogue.TryFind(key, out MessageVersions versions) && versions.IsFlexible(version);
}
