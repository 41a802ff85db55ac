using System.Buffers.Binary;
using PerfLog.Wire;

namespace PerfLog.Benchmarks.Broker.Frames;

/// <summary>Writes a request's fields; the frame's length and the request's header are its business. Pure.</summary>
internal static class FrameWriter
{
    private const int LengthBytes = sizeof(int);
    private const int FieldBytesMax = 4096;

    public delegate void Body(ref WireWriter writer);

    /// <param name="flexible">Whether the header ends with tagged fields: so in each request's newer versions.</param>
    /// <param name="payloadBytes">The bytes of records that the body holds.</param>
    public static byte[] Frame(
        short apiKey, short version, bool flexible, string clientId, int payloadBytes, Body body)
    {
        byte[] buffer = new byte[FieldBytesMax + payloadBytes];
        var writer = new WireWriter(buffer);
        writer.WriteInt32(0);
        writer.WriteInt16(apiKey);
        writer.WriteInt16(version);
        writer.WriteInt32(1);   // the correlation id may be the same in all: answers come in order
        writer.WriteString(clientId, compact: false);
        if (flexible) writer.WriteEmptyTaggedFields();
        body(ref writer);
        BinaryPrimitives.WriteInt32BigEndian(buffer, writer.Position - LengthBytes);
        return writer.Written.ToArray();
    }

    /// <summary>The frame with a client id that brings it to the wanted size, or the plain frame if it is larger.</summary>
    public static byte[] Padded(int frameBytes, Func<string, byte[]> frameWithClientId)
    {
        int missing = frameBytes - frameWithClientId("").Length;
        return frameWithClientId(new string('c', Math.Max(0, missing)));
    }
}
