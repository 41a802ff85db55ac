using System.Collections;

namespace PerfLog.Protocol.Tests.Schemas;

/// <summary>Fills messages with random values, only in the fields that a version has.</summary>
public sealed class RandomMessage(Schema schema, short version, Random random)
{
    private const int ElementsMax = 3;

    private static readonly string[] Words = ["", "a", "topic-1", "größe", "日本", new('x', 200)];

    public static object Create(MessageCase of, short version, Random random)
    {
        object message = of.New();
        new RandomMessage(of.Schema, version, random).Fill(message, of.Schema.Name);
        return message;
    }

    private void Fill(object target, string name)
    {
        foreach (SchemaField field in schema.Structs[name].Where(field => field.Versions.Contains(version))) Set(target, field);
    }

    private void Set(object target, SchemaField field)
    {
        bool nullable = field.Nullable.Contains(version);
        System.Reflection.PropertyInfo property = target.GetType().GetProperty(field.Name)!;
        if (nullable && random.Next(4) == 0) property.SetValue(target, null);
        else if (random.Next(4) > 0 || property.GetValue(target) is null) property.SetValue(target, Value(field, property.PropertyType));
    }

    private object Value(SchemaField field, Type type)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        if (!field.IsArray) return One(field, plain);
        IList list = (IList)Activator.CreateInstance(plain)!;
        for (int left = random.Next(ElementsMax + 1); left > 0; left--) list.Add(One(field, plain.GenericTypeArguments[0]));
        return list;
    }

    private object One(SchemaField field, Type type)
    {
        if (!field.IsStruct) return Primitive(field.Type);
        object element = Activator.CreateInstance(type)!;
        Fill(element, field.Type);
        return element;
    }

    private object Primitive(string type) => type switch
    {
        "bool" => random.Next(2) == 0,
        "int8" => (sbyte)random.Next(sbyte.MinValue, sbyte.MaxValue),
        "int16" => (short)random.Next(short.MinValue, short.MaxValue),
        "error" => (ErrorCode)random.Next(short.MinValue, short.MaxValue),
        "uint16" => (ushort)random.Next(ushort.MaxValue),
        "int32" => random.Next(int.MinValue, int.MaxValue),
        "uint32" => (uint)random.NextInt64(uint.MaxValue),
        "int64" => random.NextInt64(long.MinValue, long.MaxValue),
        "float64" => random.NextDouble() * 1e9,
        "uuid" => new Uuid(random.NextInt64(), random.NextInt64()),
        "string" => Words[random.Next(Words.Length)],
        "bytes" or "records" => Bytes(),
        _ => throw new InvalidOperationException(type),
    };

    private byte[] Bytes()
    {
        byte[] bytes = new byte[random.Next(200)];
        random.NextBytes(bytes);
        return bytes;
    }
}
