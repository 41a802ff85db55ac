using PerfLog.Wire;

namespace PerfLog.Protocol.Serialization;

/// <summary>How one primitive stands in an array.</summary>
internal interface IValueCodec<T>
{
    static abstract int SizeMin(bool compact);

    static abstract int Size(T value, bool compact);

    static abstract void Write(ref WireWriter writer, T value, bool compact);

    static abstract T Read(ref WireReader reader, bool compact);
}

internal readonly struct Int8Value : IValueCodec<sbyte>
{
    public static int SizeMin(bool compact) => sizeof(sbyte);

    public static int Size(sbyte value, bool compact) => sizeof(sbyte);

    public static void Write(ref WireWriter writer, sbyte value, bool compact) => writer.WriteInt8(value);

    public static sbyte Read(ref WireReader reader, bool compact) => reader.ReadInt8();
}

internal readonly struct Int16Value : IValueCodec<short>
{
    public static int SizeMin(bool compact) => sizeof(short);

    public static int Size(short value, bool compact) => sizeof(short);

    public static void Write(ref WireWriter writer, short value, bool compact) => writer.WriteInt16(value);

    public static short Read(ref WireReader reader, bool compact) => reader.ReadInt16();
}

internal readonly struct Int32Value : IValueCodec<int>
{
    public static int SizeMin(bool compact) => sizeof(int);

    public static int Size(int value, bool compact) => sizeof(int);

    public static void Write(ref WireWriter writer, int value, bool compact) => writer.WriteInt32(value);

    public static int Read(ref WireReader reader, bool compact) => reader.ReadInt32();
}

internal readonly struct Int64Value : IValueCodec<long>
{
    public static int SizeMin(bool compact) => sizeof(long);

    public static int Size(long value, bool compact) => sizeof(long);

    public static void Write(ref WireWriter writer, long value, bool compact) => writer.WriteInt64(value);

    public static long Read(ref WireReader reader, bool compact) => reader.ReadInt64();
}

internal readonly struct UuidValue : IValueCodec<Uuid>
{
    public static int SizeMin(bool compact) => Uuid.SizeBytes;

    public static int Size(Uuid value, bool compact) => Uuid.SizeBytes;

    public static void Write(ref WireWriter writer, Uuid value, bool compact) => writer.WriteUuid(value);

    public static Uuid Read(ref WireReader reader, bool compact) => reader.ReadUuid();
}

internal readonly struct StringValue : IValueCodec<string>
{
    public static int SizeMin(bool compact) => compact ? 1 : sizeof(short);

    public static int Size(string value, bool compact) => WireSize.String(value, compact);

    public static void Write(ref WireWriter writer, string value, bool compact) => writer.WriteString(value, compact);

    public static string Read(ref WireReader reader, bool compact) => reader.ReadString(compact);
}
