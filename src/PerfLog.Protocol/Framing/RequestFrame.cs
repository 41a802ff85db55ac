using PerfLog.Wire;

namespace PerfLog.Protocol;

/// <summary>Writes a request as a whole frame: length, header, body. All methods are pure.</summary>
public static class RequestFrame
{
    /// <summary>Where the correlation id stands in the frame, behind length, api key and version.</summary>
    public const int CorrelationIdPosition = LengthBytes + sizeof(short) + sizeof(short);

    /// <summary>The bytes of the length field, which does not count itself.</summary>
    public const int LengthBytes = sizeof(int);

    private const int FixedHeaderBytes = sizeof(short) + sizeof(short) + sizeof(int);

    public static int Size<TRequest>(TRequest request, short version, string? clientId)
        where TRequest : IRequestMessage =>
        LengthBytes + HeaderSize(TRequest.ApiKey, version, clientId) + request.Size(version);

    public static void Write<TRequest>(
        ref WireWriter writer, TRequest request, short version, int correlationId, string? clientId, int frameBytes)
        where TRequest : IRequestMessage
    {
        writer.WriteInt32(frameBytes - LengthBytes);
        WriteHeader(ref writer, TRequest.ApiKey, version, correlationId, clientId);
        request.Write(ref writer, version);
    }

    /// <summary>The bytes of the header alone.</summary>
    public static int HeaderSize(ApiKey key, short version, string? clientId) => HeaderVersions.Request(key, version) switch
    {
        HeaderVersions.BareRequest => FixedHeaderBytes,
        HeaderVersions.ClassicRequest => FixedHeaderBytes + WireSize.String(clientId, compact: false),
        _ => FixedHeaderBytes + WireSize.String(clientId, compact: false) + 1,
    };

    /// <summary>Writes the header alone, for a body that is written by other means.</summary>
    public static void WriteHeader(ref WireWriter writer, ApiKey key, short version, int correlationId, string? clientId)
    {
        short header = HeaderVersions.Request(key, version);
        writer.WriteInt16((short)key);
        writer.WriteInt16(version);
        writer.WriteInt32(correlationId);
        if (header > HeaderVersions.BareRequest) writer.WriteString(clientId, compact: false);
        if (header == HeaderVersions.FlexibleRequest) writer.WriteEmptyTaggedFields();
    }
}
