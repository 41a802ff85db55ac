using System.Collections.Generic;

namespace PerfLog.Generators.Records.Locking;

/// <summary>What the type names of a lock file mean. Pure.</summary>
internal static class LockTypes
{
    private const int PartWidth = 4;
    private const string EnumPrefix = "enum:";

    private static readonly Dictionary<string, (int Width, string CSharp)> Fixed = new()
    {
        ["int8"] = (1, "sbyte"), ["uint8"] = (1, "byte"), ["int16"] = (2, "short"), ["uint16"] = (2, "ushort"), ["int32"] = (4, "int"),
        ["uint32"] = (4, "uint"), ["int64"] = (8, "long"), ["uint64"] = (8, "ulong"), ["float16"] = (2, "System.Half"),
        ["float32"] = (4, "float"), ["float64"] = (8, "double"), ["char"] = (2, "char"), ["bool"] = (1, "bool"), ["guid"] = (16, "System.Guid"),
        ["decimal"] = (16, "decimal"), ["datetime"] = (8, "System.DateTime"), ["datetimeoffset"] = (10, "System.DateTimeOffset"),
        ["date"] = (4, "System.DateOnly"), ["time"] = (8, "System.TimeOnly"), ["timespan"] = (8, "System.TimeSpan"),
    };

    public static string Bare(string type) => type.TrimEnd('?');

    public static bool IsNullable(string type) => type.EndsWith("?", System.StringComparison.Ordinal);

    /// <summary>Whether values lie in the slot itself, where a byte more changes everything behind.</summary>
    public static bool IsFixed(string type) => Fixed.ContainsKey(Bare(type)) || type.StartsWith(EnumPrefix, System.StringComparison.Ordinal);

    /// <summary>The width of a type's slot.</summary>
    /// <param name="type">The type.</param>
    /// <param name="enums">The numbers behind enums.</param>
    public static int Width(string type, IReadOnlyDictionary<string, string> enums)
    {
        if (!IsFixed(type)) return PartWidth;
        int width = Fixed.TryGetValue(Number(type, enums), out (int Width, string CSharp) known) ? known.Width : 0;
        return IsNullable(type) ? width + 1 : width;
    }

    /// <summary>A C# type whose slot is that type's, to reserve its place with.</summary>
    public static string Reservation(string type, IReadOnlyDictionary<string, string> enums)
    {
        if (!IsFixed(type)) return Bare(type) == "text" ? "string" : "byte[]";
        string bare = Fixed.TryGetValue(Number(type, enums), out (int Width, string CSharp) known) ? known.CSharp : "int";
        return IsNullable(type) ? bare + "?" : bare;
    }

    private static string Number(string type, IReadOnlyDictionary<string, string> enums)
    {
        string bare = Bare(type);
        if (!bare.StartsWith(EnumPrefix, System.StringComparison.Ordinal)) return bare;
        return enums.TryGetValue(bare.Substring(EnumPrefix.Length), out string? number) ? number : "int32";
    }
}
