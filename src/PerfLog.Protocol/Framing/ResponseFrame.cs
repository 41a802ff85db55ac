using PerfLog.Wire;

namespace PerfLog.Protocol;

/// <summary>Writes a response as a whole frame, and reads a response's header. All methods are pure.</summary>
public static class ResponseFrame
{
    public static int Size<TResponse>(TResponse response, short version)
        where TResponse : IResponseMessage =>
        RequestFrame.LengthBytes + HeaderSize(TResponse.ApiKey, version) + response.Size(version);

    public static void Write<TResponse>(
        ref WireWriter writer, TResponse response, short version, int correlationId, int frameBytes)
        where TResponse : IResponseMessage
    {
        writer.WriteInt32(frameBytes - RequestFrame.LengthBytes);
        WriteHeader(ref writer, TResponse.ApiKey, version, correlationId);
        response.Write(ref writer, version);
    }

    public static int HeaderSize(ApiKey key, short version) =>
        sizeof(int) + (HeaderVersions.Response(key, version) == HeaderVersions.FlexibleResponse ? 1 : 0);

    public static void WriteHeader(ref WireWriter writer, ApiKey key, short version, int correlationId)
    {
        writer.WriteInt32(correlationId);
        if (HeaderVersions.Response(key, version) == HeaderVersions.FlexibleResponse) writer.WriteEmptyTaggedFields();
    }

    /// <summary>Reads the header; the reader then stands at the body.</summary>
    /// <returns>The correlation id.</returns>
    public static int ReadHeader(ref WireReader reader, ApiKey key, short version)
    {
        int correlationId = reader.ReadInt32();
        if (HeaderVersions.Response(key, version) == HeaderVersions.FlexibleResponse) reader.SkipTaggedFields();
        return correlationId;
    }
}
