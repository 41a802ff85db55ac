using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using PerfLog.Generators.Model;

namespace PerfLog.Generators.Records.Locking;

/// <summary>The lock file: one type after another, and below each what it consists of. Pure.</summary>
internal static class LockFile
{
    public const string Name = "PerfLog.records.lock";

    private const string Head =
        "# The history of this project's record types. It is compared with them at each build and belongs to the sources.\n"
        + "# After a compatible change: dotnet build -p:PerfLogUpdateLock=true\n";

    public static bool Is(AdditionalText file) => Path.GetFileName(file.Path) == Name;

    /// <exception cref="FormatException">A line is wrong; the message names it.</exception>
    public static EquatableArray<LockedType> Parse(string text)
    {
        List<LockedType> types = [];
        List<LockedLine> lines = [];
        int number = 0;
        foreach (string line in text.Split('\n').Select(static line => line.TrimEnd()))
        {
            number++;
            string[] words = line.Split([' '], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0 || words[0][0] == '#') continue;
            bool isType = line[0] != ' ';
            if (isType) Finish(types, lines);
            bool isRead = isType ? TryType(words, types) : types.Count > 0 && TryLine(types[types.Count - 1].Kind, words, lines);
            if (!isRead) throw new FormatException($"line {number}, '{line.Trim()}', is no line of a lock file");
        }

        Finish(types, lines);
        return new(types);
    }

    public static string Format(IEnumerable<LockedType> types)
    {
        StringBuilder text = new(Head);
        foreach (LockedType type in types.OrderBy(static type => type.Kind).ThenBy(static type => type.Name, StringComparer.Ordinal))
        {
            text.Append($"\n{type.KindName} {type.Name}{(type.Kind == LockedKind.Enum ? " " + type.Underlying : "")} version {type.Version}\n");
            foreach (LockedLine line in type.Lines.OrderBy(static line => line.Id)) text.Append(Format(line)).Append('\n');
        }

        return text.ToString();
    }

    private static string Format(LockedLine line)
    {
        string type = line.Type.Length > 0 ? " " + line.Type : "";
        string reserved = line.Reserved > 0 ? $" reserved {line.Reserved}" : "";
        return $"  {line.Id.ToString(CultureInfo.InvariantCulture)} {line.Name}{type}{(line.IsRequired ? " required" : "")} since {line.Since}{reserved}";
    }

    private static void Finish(List<LockedType> types, List<LockedLine> lines)
    {
        if (types.Count > 0) types[types.Count - 1] = types[types.Count - 1] with { Lines = new(lines) };
        lines.Clear();
    }

    private static bool TryType(string[] words, List<LockedType> types)
    {
        bool isEnum = words[0] == "enum";
        if (words.Length != (isEnum ? 5 : 4) || words[words.Length - 2] != "version") return false;
        if (!Enum.TryParse(words[0], ignoreCase: true, out LockedKind kind) || !TryNumber(words[words.Length - 1], out long version)) return false;
        types.Add(new(kind, words[1], isEnum ? words[2] : "", (int)version, default));
        return true;
    }

    private static bool TryLine(LockedKind kind, string[] words, List<LockedLine> lines)
    {
        Queue<string> rest = new(words);
        if (rest.Count < (kind == LockedKind.Enum ? 4 : 5) || !TryNumber(rest.Dequeue(), out long id)) return false;
        string name = rest.Dequeue();
        string type = kind == LockedKind.Enum ? "" : rest.Dequeue();
        bool isRequired = rest.Peek() == "required";
        if (isRequired) rest.Dequeue();
        if (!TryPair(rest, "since", out int since)) return false;
        int reserved = 0;
        if (rest.Count > 0 && !TryPair(rest, "reserved", out reserved)) return false;
        lines.Add(new(id, name, type, isRequired, since, reserved));
        return rest.Count == 0;
    }

    private static bool TryPair(Queue<string> words, string word, out int value)
    {
        value = 0;
        if (words.Count < 2 || words.Dequeue() != word || !TryNumber(words.Dequeue(), out long number)) return false;
        value = (int)number;
        return true;
    }

    private static bool TryNumber(string word, out long number) =>
        long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
}
