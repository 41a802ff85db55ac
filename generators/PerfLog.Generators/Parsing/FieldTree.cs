using System.Collections.Generic;
using System.Linq;
using PerfLog.Generators.Model;

namespace PerfLog.Generators.Parsing;

/// <summary>
/// Builds a message's structs from its indented lines: two spaces a level, a struct's fields below the field that
/// first uses it. A later field may use the struct again, without fields below it.
/// </summary>
internal sealed class FieldTree
{
    private const int IndentStep = 2;

    private readonly MistakeList _mistakes;
    private readonly List<OpenStruct> _all = [];
    private readonly Stack<OpenStruct?> _path = new();
    private SchemaLine? _lastLine;
    private FieldModel? _last;

    private FieldTree(MistakeList mistakes) => _mistakes = mistakes;

    public IEnumerable<StructModel> Structs =>
        _all.Select(static open => new StructModel(open.Name, VersionRange.Never, new(open.Fields), open.Line));

    public static FieldTree Build(MessageModel header, List<SchemaLine> lines, MistakeList mistakes)
    {
        FieldTree tree = new(mistakes);
        tree.Open(header.Name, lines[0]);
        foreach (SchemaLine line in lines.Skip(1)) tree.Add(line);
        tree.CheckTypes();
        return tree;
    }

    private void Add(SchemaLine line)
    {
        int depth = line.Indent / IndentStep;
        if (depth == _path.Count + 1 && _last is not null) OpenBelow(_last);
        if (line.Indent % IndentStep != 0 || depth < 1 || depth > _path.Count)
        {
            _mistakes.Add(SchemaRules.BadIndent, line, line.Words[0], "a field stands two spaces deeper than its owner");
            return;
        }

        while (_path.Count > depth) _path.Pop();
        FieldModel? field = FieldParser.Parse(line, _mistakes);
        if (field is null) return;
        _path.Peek()?.Add(field, line, _mistakes);
        _last = field;
        _lastLine = line;
    }

    private void OpenBelow(FieldModel owner)
    {
        if (owner.IsStruct) Open(owner.Type, _lastLine!);
        else _mistakes.Add(SchemaRules.BadIndent, _lastLine!, owner.Name, $"a field of type {owner.Type} has no fields below it");
        if (!owner.IsStruct) _path.Push(null);
    }

    private void Open(string name, SchemaLine line)
    {
        if (_all.Any(open => open.Name == name)) _mistakes.Add(SchemaRules.DuplicateStruct, line, name, "the struct's fields stand at its first use only");
        OpenStruct opened = new(name, line.Number);
        _all.Add(opened);
        _path.Push(opened);
    }

    private void CheckTypes()
    {
        foreach (FieldModel field in _all.SelectMany(static open => open.Fields))
        {
            if (field.IsStruct && !_all.Skip(1).Any(open => open.Name == field.Type)) _mistakes.Add(SchemaRules.UnknownType, field.Line, field.Type, _all[0].Name);
        }
    }

    private sealed class OpenStruct(string name, int line)
    {
        public string Name { get; } = name;

        public int Line { get; } = line;

        public List<FieldModel> Fields { get; } = [];

        public void Add(FieldModel field, SchemaLine line, MistakeList mistakes)
        {
            if (Fields.Any(other => other.Name == field.Name)) mistakes.Add(SchemaRules.DuplicateField, line, Name, field.Name);
            if (field.IsTagged && Fields.Any(other => other.Tag == field.Tag)) mistakes.Add(SchemaRules.DuplicateTag, line, Name, $"{field.Tag}");
            Fields.Add(field);
        }
    }
}
