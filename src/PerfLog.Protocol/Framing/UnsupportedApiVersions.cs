using PerfLog.Wire;

namespace PerfLog.Protocol;

/// <summary>
/// The answer to an ApiVersions request of a version that the broker does not know: always version 0, so that every client
/// can read it, whatever it asked for. A body of the shape that was asked for would be misread as throttling.
/// </summary>
/// <remarks>
/// <code>
/// length          int32  16
/// correlation id  int32
/// error code      int16  35
/// count           int32  1
/// api key         int16  18
/// lowest version  int16
/// highest version int16
/// </code>
/// </remarks>
public static class UnsupportedApiVersions
{
    public const int FrameBytes = RequestFrame.LengthBytes + sizeof(int) + sizeof(short) + sizeof(int) + (3 * sizeof(short));

    public static void Write(Span<byte> destination, int correlationId, short lowest, short highest)
    {
        WireWriter writer = new(destination);
        writer.WriteInt32(FrameBytes - RequestFrame.LengthBytes);
        writer.WriteInt32(correlationId);
        writer.WriteInt16((short)ErrorCode.UnsupportedVersion);
        writer.WriteInt32(1);
        writer.WriteInt16((short)ApiKey.ApiVersions);
        writer.WriteInt16(lowest);
        writer.WriteInt16(highest);
    }
}
