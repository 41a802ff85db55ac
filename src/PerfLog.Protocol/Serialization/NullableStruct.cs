using PerfLog.Wire;

namespace PerfLog.Protocol.Serialization;

/// <summary>A struct that may be null: a byte, -1 for null or 1, then the struct.</summary>
internal static class NullableStruct
{
    private const sbyte Null = -1;
    private const sbyte Present = 1;

    public static void Write<T>(ref WireWriter writer, T? element, short version)
        where T : class, IMessageElement<T>
    {
        writer.WriteInt8(element is null ? Null : Present);
        element?.Write(ref writer, version);
    }

    public static T? Read<T>(ref WireReader reader, short version)
        where T : class, IMessageElement<T> =>
        reader.ReadInt8() < 0 ? null : T.Read(ref reader, version);
}
