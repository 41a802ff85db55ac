using System.Buffers.Binary;
using PerfLog.Wire;

namespace PerfLog.Broker.Networking;

/// <summary>
/// What stands before the body of an answer: int32 size of all that follows, int32 correlation id, and in header version 1
/// an empty tag buffer.
/// </summary>
internal static class ResponseFrame
{
    private const int SizeFieldBytes = sizeof(int);

    public static int HeaderBytes(short headerVersion) => SizeFieldBytes + sizeof(int) + (headerVersion >= 1 ? 1 : 0);

    /// <summary>Cuts the response to what was written and states its size, the file regions counted in.</summary>
    public static void Finish(ResponseBuffer response, int writtenBytes)
    {
        response.Truncate(writtenBytes);
        long followingBytes = writtenBytes - SizeFieldBytes + response.RegionBytes;
        BinaryPrimitives.WriteInt32BigEndian(response.Written, checked((int)followingBytes));
    }

    /// <param name="writer">Stands at the frame's first byte.</param>
    /// <param name="frameBytes">The whole frame's bytes, the size field counted in; 0 when <see cref="Finish"/> states it.</param>
    public static void WriteHeader(ref WireWriter writer, int frameBytes, int correlationId, short headerVersion)
    {
        writer.WriteInt32(Math.Max(0, frameBytes - SizeFieldBytes));
        writer.WriteInt32(correlationId);
        if (headerVersion >= 1) writer.WriteEmptyTaggedFields();
    }
}
