using PerfLog.Wire;

namespace PerfLog.Protocol.Serialization;

/// <summary>Arrays of structs: a count, then the elements. All methods are pure.</summary>
internal static class ElementArray
{
    public static int Size<T>(List<T>? elements, short version, bool compact)
        where T : class, IMessageElement<T>
    {
        if (elements is null) return WireSize.NullArray(compact);
        int size = WireSize.ArrayLength(elements.Count, compact);
        foreach (T element in elements) size += element.Size(version);
        return size;
    }

    public static void Write<T>(ref WireWriter writer, List<T>? elements, short version, bool compact)
        where T : class, IMessageElement<T>
    {
        writer.WriteArrayLength(elements?.Count ?? -1, compact);
        if (elements is null) return;
        foreach (T element in elements) element.Write(ref writer, version);
    }

    public static List<T> Read<T>(ref WireReader reader, short version, bool compact)
        where T : class, IMessageElement<T> =>
        ReadElements<T>(ref reader, version, reader.ReadArrayLength(compact, T.SizeMin(version)));

    public static List<T>? ReadNullable<T>(ref WireReader reader, short version, bool compact)
        where T : class, IMessageElement<T>
    {
        int count = reader.ReadNullableArrayLength(compact, T.SizeMin(version));
        return count < 0 ? null : ReadElements<T>(ref reader, version, count);
    }

    private static List<T> ReadElements<T>(ref WireReader reader, short version, int count)
        where T : class, IMessageElement<T>
    {
        List<T> elements = new(count);
        for (int index = 0; index < count && !reader.Failed; index++) elements.Add(T.Read(ref reader, version));
        return elements;
    }
}
