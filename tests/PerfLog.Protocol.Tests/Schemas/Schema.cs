namespace PerfLog.Protocol.Tests.Schemas;

/// <summary>Versions from <paramref name="Low"/> to <paramref name="High"/>, both included; none when low lies above high.</summary>
public readonly record struct Range(int Low, int High)
{
    public static readonly Range None = new(int.MaxValue, -1);

    public bool Contains(int version) => version >= Low && version <= High;

    public static Range Parse(string text)
    {
        if (text == "none") return None;
        if (text.EndsWith('+')) return new(int.Parse(text[..^1]), int.MaxValue);
        string[] ends = text.Split('-');
        return new(int.Parse(ends[0]), int.Parse(ends[^1]));
    }
}

/// <summary>A field as its schema line says it.</summary>
public sealed record SchemaField(string Name, string Type, bool IsArray, Range Versions, Range Nullable, int Tag, string? Default, bool Ignorable, bool Classic)
{
    public bool IsStruct => char.IsUpper(Type[0]);
}

/// <summary>A message as its schema says it, read by a second, plainer parser than the generator's.</summary>
public sealed class Schema(string kind, string name, Range versions, Range flexible)
{
    public string Kind { get; } = kind;

    public string Name { get; } = name;

    public Range Versions { get; } = versions;

    public Range Flexible { get; } = flexible;

    /// <summary>The fields of each struct by its name; the message's own by the message's.</summary>
    public Dictionary<string, List<SchemaField>> Structs { get; } = new() { [name] = [] };

    public override string ToString() => Name;

    /// <summary>All messages of all schema files.</summary>
    public static IReadOnlyList<Schema> All { get; } = [.. Directory
        .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "SchemaFiles"), "*.msg", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal)
        .SelectMany(ParseFile)];

    public static Schema Of(string name) => All.Single(schema => schema.Name == name);

    private static IEnumerable<Schema> ParseFile(string path)
    {
        Schema? schema = null;
        List<string> owners = [];
        foreach (string line in File.ReadLines(path).Where(static line => line.Trim().Length > 0 && line.Trim()[0] != '#'))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (line[0] != ' ')
            {
                if (schema is not null) yield return schema;
                schema = new Schema(words[0], words[1], Range.Parse(Trait(words, "versions")!), Range.Parse(Trait(words, "flexible")!));
                owners = [schema.Name];
                continue;
            }

            int depth = line.TakeWhile(static c => c == ' ').Count() / 2;
            owners.RemoveRange(depth, owners.Count - depth);
            SchemaField field = ParseField(words);
            schema!.Structs[owners[^1]].Add(field);
            owners.Add(field.Type);
            if (field.IsStruct) schema.Structs.TryAdd(field.Type, []);
        }

        if (schema is not null) yield return schema;
    }

    private static SchemaField ParseField(string[] words) => new(
        words[0].TrimEnd(':'),
        words[1].TrimStart('[', ']'),
        words[1].StartsWith("[]", StringComparison.Ordinal),
        Range.Parse(words[2]),
        Range.Parse(Trait(words, "nullable") ?? "none"),
        int.Parse(Trait(words, "tag") ?? "-1"),
        Trait(words, "default"),
        words.Contains("ignorable"),
        Trait(words, "flexible") == "none");

    private static string? Trait(string[] words, string name) =>
        words.FirstOrDefault(word => word.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
}
