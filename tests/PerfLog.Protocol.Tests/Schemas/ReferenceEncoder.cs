using System.Collections;
using System.Text;

namespace PerfLog.Protocol.Tests.Schemas;

/// <summary>
/// The rules of the wire format once more, as plainly as they can be said: it walks the schema, appends to a list and
/// knows nothing of the emitted code. On request it adds tags that no message knows to every tag buffer.
/// </summary>
public sealed class ReferenceEncoder(Schema schema, short version, bool unknownTags)
{
    private static readonly (uint Tag, byte[] Bytes)[] Unknown = [(1000, [1, 2, 3]), (70000, [])];

    private readonly bool _flexible = schema.Flexible.Contains(version);
    private List<byte> _out = [];

    public static byte[] Encode(object message, Schema schema, short version, bool unknownTags = false)
    {
        ReferenceEncoder encoder = new(schema, version, unknownTags);
        encoder.Struct(message, schema.Name);
        return [.. encoder._out];
    }

    private void Struct(object target, string name)
    {
        List<SchemaField> fields = [.. schema.Structs[name].Where(field => field.Versions.Contains(version))];
        foreach (SchemaField field in fields.Where(static field => field.Tag < 0)) Field(field, Get(target, field));
        if (_flexible) Tags(target, [.. fields.Where(static field => field.Tag >= 0).OrderBy(static field => field.Tag)]);
    }

    private void Tags(object target, List<SchemaField> fields)
    {
        object fresh = Activator.CreateInstance(target.GetType())!;
        List<(uint Tag, byte[] Bytes)> entries = [.. fields
            .Where(field => Difference.Find(Get(target, field), Get(fresh, field)) is not null)
            .Select(field => ((uint)field.Tag, Aside(field, Get(target, field))))];
        if (unknownTags) entries.AddRange(Unknown);
        Unsigned((ulong)entries.Count);
        foreach ((uint tag, byte[] bytes) in entries)
        {
            Unsigned(tag);
            Unsigned((ulong)bytes.Length);
            _out.AddRange(bytes);
        }
    }

    private byte[] Aside(SchemaField field, object? value)
    {
        List<byte> whole = _out;
        _out = [];
        Field(field, value);
        byte[] bytes = [.. _out];
        _out = whole;
        return bytes;
    }

    private void Field(SchemaField field, object? value)
    {
        bool compact = _flexible && !field.Classic;
        if (field.IsArray) Array(field, (IList?)value, compact);
        else if (field.IsStruct) Nested(field, value);
        else Primitive(field.Type, value, compact);
    }

    private void Array(SchemaField field, IList? list, bool compact)
    {
        if (compact) Unsigned(list is null ? 0 : (ulong)list.Count + 1);
        else BigEndian(list?.Count ?? -1, 4);
        foreach (object element in list ?? System.Array.Empty<object>())
        {
            if (field.IsStruct) Struct(element, field.Type);
            else Primitive(field.Type, element, compact);
        }
    }

    private void Nested(SchemaField field, object? value)
    {
        if (field.Nullable.Low <= field.Nullable.High) _out.Add(value is null ? (byte)0xff : (byte)1);
        if (value is not null) Struct(value, field.Type);
    }

    private void Primitive(string type, object? value, bool compact)
    {
        switch (value)
        {
            case bool flag: _out.Add(flag ? (byte)1 : (byte)0); break;
            case double number: BigEndian(BitConverter.DoubleToInt64Bits(number), 8); break;
            case Uuid id: BigEndian(id.MostSignificant, 8); BigEndian(id.LeastSignificant, 8); break;
            case ErrorCode code: BigEndian((short)code, 2); break;
            case string text: Block(Encoding.UTF8.GetBytes(text), compact, 2); break;
            case byte[] bytes: Block(bytes, compact, 4); break;
            case null: Block(null, compact, type == "string" ? 2 : 4); break;
            default: BigEndian(Convert.ToInt64(value), int.Parse(type.TrimStart('u', 'i', 'n', 't')) / 8); break;
        }
    }

    private void Block(byte[]? bytes, bool compact, int lengthBytes)
    {
        if (compact) Unsigned(bytes is null ? 0 : (ulong)bytes.Length + 1);
        else BigEndian(bytes?.Length ?? -1, lengthBytes);
        _out.AddRange(bytes ?? []);
    }

    private void BigEndian(long value, int bytes)
    {
        for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) _out.Add((byte)(value >> shift));
    }

    private void Unsigned(ulong value)
    {
        for (; value >= 0x80; value >>= 7) _out.Add((byte)(value | 0x80));
        _out.Add((byte)value);
    }

    private static object? Get(object target, SchemaField field) => target.GetType().GetProperty(field.Name)!.GetValue(target);
}
