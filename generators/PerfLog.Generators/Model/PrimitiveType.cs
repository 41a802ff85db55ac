using System.Collections.Generic;

namespace PerfLog.Generators.Model;

/// <summary>A primitive of the schema language, and how emitted code spells it.</summary>
/// <param name="Bytes">The bytes it takes on the wire; 0 when that varies.</param>
/// <param name="CSharp">Its C# type.</param>
/// <param name="Reader">The name that WireReader and WireWriter have for it.</param>
/// <param name="Zero">The literal of its own default.</param>
internal sealed record PrimitiveType(string Name, int Bytes, string CSharp, string Reader, string Zero)
{
    private static readonly Dictionary<string, PrimitiveType> ByName = new()
    {
        ["bool"] = new("bool", 1, "bool", "Boolean", "false"),
        ["int8"] = new("int8", 1, "sbyte", "Int8", "0"),
        ["int16"] = new("int16", 2, "short", "Int16", "0"),
        ["uint16"] = new("uint16", 2, "ushort", "UInt16", "0"),
        ["int32"] = new("int32", 4, "int", "Int32", "0"),
        ["uint32"] = new("uint32", 4, "uint", "UInt32", "0"),
        ["int64"] = new("int64", 8, "long", "Int64", "0"),
        ["float64"] = new("float64", 8, "double", "Float64", "0"),
        ["uuid"] = new("uuid", 16, "Uuid", "Uuid", "Uuid.Zero"),
        ["error"] = new("error", 2, "ErrorCode", "Int16", "ErrorCode.None"),
        ["string"] = new("string", 0, "string", "String", "\"\""),
        ["bytes"] = new("bytes", 0, "byte[]", "Bytes", "[]"),
        ["records"] = new("records", 0, "byte[]", "Bytes", "[]"),
    };

    // Arrays of these have an element codec in PerfLog.Protocol.
    private static readonly HashSet<string> Elements = ["int8", "int16", "int32", "int64", "string", "uuid"];

    public bool IsString => Name == "string";

    public bool IsBlock => Name is "bytes" or "records";

    public static bool TryFind(string name, out PrimitiveType type) => ByName.TryGetValue(name, out type);

    public static PrimitiveType Of(string name) => ByName[name];

    public static bool IsElement(string name) => Elements.Contains(name);

    /// <summary>Whether <paramref name="text"/> may stand as this type's default.</summary>
    public bool Accepts(string text) => Name switch
    {
        "bool" => text is "true" or "false",
        "int8" => sbyte.TryParse(text, out _),
        "int16" or "error" => short.TryParse(text, out _),
        "uint16" => ushort.TryParse(text, out _),
        "int32" => int.TryParse(text, out _),
        "uint32" => uint.TryParse(text, out _),
        "int64" => long.TryParse(text, out _),
        _ => false,
    };
}
