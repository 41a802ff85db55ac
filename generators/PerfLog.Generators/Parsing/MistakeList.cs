using System.Collections.Generic;
using PerfLog.Generators.Model;

namespace PerfLog.Generators.Parsing;

/// <summary>Gathers what is wrong in one file while it is parsed.</summary>
internal sealed class MistakeList(string path)
{
    private readonly List<SchemaMistake> _mistakes = [];

    public IReadOnlyList<SchemaMistake> All => _mistakes;

    public int Count => _mistakes.Count;

    public void Add(string rule, SchemaLine line, string first, string second = "") =>
        _mistakes.Add(new SchemaMistake(rule, path, line.Number, line.Length, first, second));

    public void Add(string rule, int lineNumber, string first, string second = "") =>
        _mistakes.Add(new SchemaMistake(rule, path, lineNumber, 1, first, second));
}
