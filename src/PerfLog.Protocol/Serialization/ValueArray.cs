using PerfLog.Wire;

namespace PerfLog.Protocol.Serialization;

/// <summary>Arrays of primitives: a count, then the values. All methods are pure.</summary>
internal static class ValueArray
{
    public static int Size<T, TCodec>(List<T>? values, bool compact)
        where TCodec : IValueCodec<T>
    {
        if (values is null) return WireSize.NullArray(compact);
        int size = WireSize.ArrayLength(values.Count, compact);
        foreach (T value in values) size += TCodec.Size(value, compact);
        return size;
    }

    public static void Write<T, TCodec>(ref WireWriter writer, List<T>? values, bool compact)
        where TCodec : IValueCodec<T>
    {
        writer.WriteArrayLength(values?.Count ?? -1, compact);
        if (values is null) return;
        foreach (T value in values) TCodec.Write(ref writer, value, compact);
    }

    public static List<T> Read<T, TCodec>(ref WireReader reader, bool compact)
        where TCodec : IValueCodec<T> =>
        ReadValues<T, TCodec>(ref reader, reader.ReadArrayLength(compact, TCodec.SizeMin(compact)), compact);

    public static List<T>? ReadNullable<T, TCodec>(ref WireReader reader, bool compact)
        where TCodec : IValueCodec<T>
    {
        int count = reader.ReadNullableArrayLength(compact, TCodec.SizeMin(compact));
        return count < 0 ? null : ReadValues<T, TCodec>(ref reader, count, compact);
    }

    private static List<T> ReadValues<T, TCodec>(ref WireReader reader, int count, bool compact)
        where TCodec : IValueCodec<T>
    {
        List<T> values = new(count);
        for (int index = 0; index < count && !reader.Failed; index++) values.Add(TCodec.Read(ref reader, compact));
        return values;
    }
}
