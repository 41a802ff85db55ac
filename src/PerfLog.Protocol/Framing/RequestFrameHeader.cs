using PerfLog.Wire;

namespace PerfLog.Protocol;

/// <summary>
/// A request's header, read in place from the frame (the bytes after the length field). It lives on the stack and ends
/// with the frame.
/// </summary>
/// <remarks>
/// <code>
/// api key         int16
/// version         int16
/// correlation id  int32
/// client id       nullable string, classic form in every version
/// tag buffer      when the request's version is flexible
/// </code>
/// A version that no message has still yields its header up to the client id: an ApiVersions request of a later protocol
/// must be answered, and only its correlation id is needed for that.
/// </remarks>
public readonly ref struct RequestFrameHeader
{
    private RequestFrameHeader(ApiKey key, short version, int correlationId, ReadOnlySpan<byte> clientId, int bodyStart)
    {
        Key = key;
        Version = version;
        CorrelationId = correlationId;
        ClientId = clientId;
        BodyStart = bodyStart;
    }

    /// <summary>The api; it may be a number that <see cref="ApiVersionCatalogue"/> does not know.</summary>
    public ApiKey Key { get; }

    public short Version { get; }

    public int CorrelationId { get; }

    /// <summary>UTF-8, unchecked; empty when null.</summary>
    public ReadOnlySpan<byte> ClientId { get; }

    /// <summary>Where the body starts in the frame.</summary>
    public int BodyStart { get; }

    /// <summary>Reads the header at the start of a frame.</summary>
    /// <returns>False when the frame cannot be a request; there is nothing to answer then but to close.</returns>
    public static bool TryRead(ReadOnlySpan<byte> frame, out RequestFrameHeader header)
    {
        WireReader reader = new(frame);
        ApiKey key = (ApiKey)reader.ReadInt16();
        short version = reader.ReadInt16();
        int correlationId = reader.ReadInt32();
        short headerVersion = HeaderVersions.Request(key, version);
        ReadOnlySpan<byte> clientId = default;
        if (headerVersion > HeaderVersions.BareRequest) clientId = reader.ReadStringBytes(compact: false, out _);
        bool known = ApiVersionCatalogue.TryFind(key, out MessageVersions versions) && versions.Contains(version);
        if (known && headerVersion == HeaderVersions.FlexibleRequest) reader.SkipTaggedFields();
        header = new RequestFrameHeader(key, version, correlationId, clientId, reader.Position);
        return !reader.Failed;
    }
}
