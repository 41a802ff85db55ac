using System.Collections.Generic;
using System.Linq;
using PerfLog.Generators.Model;

namespace PerfLog.Generators.Parsing;

/// <summary>Turns a schema file's text into its messages and mistakes. A message with a mistake is left out.</summary>
internal static class SchemaParser
{
    public static SchemaFile Parse(string path, string text)
    {
        MistakeList mistakes = new(path);
        List<MessageModel> messages = [];
        List<ApiModel> apis = [];
        foreach (List<SchemaLine> lines in Blocks(text, mistakes))
        {
            int before = mistakes.Count;
            MessageModel? message = MessageParser.Parse(lines, mistakes);
            if (message is null || mistakes.Count > before) continue;
            messages.Add(message);
            apis.Add(new ApiModel(
                message.Kind, message.Name, message.Number, message.Versions, message.Flexible, path, lines[0].Number));
        }

        return new SchemaFile(new(messages), new(apis), new(mistakes.All));
    }

    /// <summary>The file's lines, one block for each message: its header and the indented lines below it.</summary>
    private static List<List<SchemaLine>> Blocks(string text, MistakeList mistakes)
    {
        List<List<SchemaLine>> blocks = [];
        foreach (SchemaLine line in text.Split('\n').Select(static (text, number) => new SchemaLine(text, number)))
        {
            if (line.IsEmpty) continue;
            if (line.Indent == 0 && !line.Words[0].EndsWith(":")) blocks.Add([]);
            if (blocks.Count == 0) mistakes.Add(SchemaRules.MissingHeader, line, line.Words[0]);
            else blocks[blocks.Count - 1].Add(line);
        }

        return blocks;
    }
}
