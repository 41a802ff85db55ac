using PerfLog.Wire;

namespace PerfLog.Protocol.Serialization;

/// <summary>One entry of a tag buffer: the tag, the size of what follows, the value.</summary>
internal static class TaggedField
{
    public static int Size(uint tag, int valueBytes) => Varint.SizeOf(tag) + Varint.SizeOf((uint)valueBytes) + valueBytes;

    public static void WriteHead(ref WireWriter writer, uint tag, int valueBytes)
    {
        writer.WriteUnsignedVarint(tag);
        writer.WriteUnsignedVarint((uint)valueBytes);
    }
}
