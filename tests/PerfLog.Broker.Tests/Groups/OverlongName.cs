using PerfLog.Broker.Tests.Harness;
using PerfLog.Wire;

namespace PerfLog.Broker.Tests.Groups;

/// <summary>A commit for a group whose name is longer than the classic form of a string can be.</summary>
internal static class OverlongName
{
    private const short OffsetCommit = 8;
    private const short FlexibleVersion = 8;

    public static byte[] CommitFrame(string group)
    {
        byte[] length = new byte[Varint.SizeOf((uint)group.Length + 1)];
        Varint.Write(length, (uint)group.Length + 1);
        return FrameBytes.Header(OffsetCommit, FlexibleVersion).Raw(0)
            .Raw([.. length, .. System.Text.Encoding.ASCII.GetBytes(group)])
            .Int32(-1) // no generation
            .Raw(1) // no member
            .Raw(0) // no instance
            .Raw(2, 2, (byte)'t', 2).Int32(0).Int64(5).Int32(-1).Raw(1, 0, 0, 0)
            .Framed();
    }
}
