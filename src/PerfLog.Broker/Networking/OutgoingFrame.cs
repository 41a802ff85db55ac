using System.Buffers.Binary;
using PerfLog.Wire;

namespace PerfLog.Broker.Networking;

/// <summary>An answer's frame whose size is known only when it is written: the size field is filled in at the end.</summary>
internal static class OutgoingFrame
{
    public const int SizeFieldBytes = sizeof(int);

    /// <summary>Leaves room for the size field, the frame's first four bytes.</summary>
    public static void Begin(ref WireWriter writer) => writer.WriteInt32(0);

    /// <summary>Cuts the response to what was written and states its size, the file regions counted in.</summary>
    public static void Finish(ResponseBuffer response, int writtenBytes)
    {
        response.Truncate(writtenBytes);
        long followingBytes = writtenBytes - SizeFieldBytes + response.RegionBytes;
        BinaryPrimitives.WriteInt32BigEndian(response.Written, checked((int)followingBytes));
    }
}
