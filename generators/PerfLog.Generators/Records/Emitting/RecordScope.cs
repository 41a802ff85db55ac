using System.Collections.Generic;
using PerfLog.Generators.Emitting;
using PerfLog.Generators.Records.Model;

namespace PerfLog.Generators.Records.Emitting;

/// <summary>The file of a type, opened down to the type itself.</summary>
internal static class RecordScope
{
    private static readonly string[] Uses =
    [
        "System", "System.Buffers", "System.Collections.Generic", "System.Collections.Immutable", "System.Runtime.CompilerServices",
        "System.Runtime.InteropServices", "PerfLog.Records",
    ];

    public static CodeWriter Open(string space, IReadOnlyCollection<string> containers, string head)
    {
        CodeWriter code = CodeWriter.File(space, Uses);
        foreach (string container in containers) code.Open(container);
        code.Open(head);
        return code;
    }

    public static string Close(CodeWriter code, IReadOnlyCollection<string> containers)
    {
        for (int open = containers.Count + 1; open > 0; open--) code.Close();
        return code.ToString();
    }

    /// <summary>Makes the serde the one that its type has.</summary>
    public static void EmitRegistration(CodeWriter code, string type)
    {
        code.Line("[ModuleInitializer]");
        code.Line($"internal static void Register() => PerfLog.Records.Serdes.Register<{type}>(Instance);");
        code.Blank();
    }

    /// <summary>A name for the compiler's files that no other type has.</summary>
    public static string FileName(string space, IEnumerable<string> containers, string name)
    {
        List<string> parts = [];
        if (space.Length > 0) parts.Add(space);
        foreach (string container in containers) parts.Add(container.Substring(container.LastIndexOf(' ') + 1));
        parts.Add(name);
        return string.Join(".", parts);
    }

    /// <summary>How a value of the record is passed: a struct by reference, because it may be large.</summary>
    public static string Passed(RecordModel record) => record.IsValueType ? $"in {record.Name}" : record.Name;
}
