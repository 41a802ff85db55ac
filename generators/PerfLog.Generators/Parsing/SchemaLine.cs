using System;
using System.Collections.Generic;
using System.Linq;

namespace PerfLog.Generators.Parsing;

/// <summary>One line of a schema file, split into words.</summary>
/// <param name="number">Its place in the file, from 0.</param>
internal sealed class SchemaLine(string text, int number)
{
    public string Text { get; } = text.Trim();

    public int Number { get; } = number;

    public int Indent { get; } = text.TakeWhile(static c => c == ' ').Count();

    public int Length { get; } = text.TrimEnd().Length;

    public string[] Words { get; } = text.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);

    public bool IsEmpty => Words.Length == 0 || Words[0][0] == '#';

    /// <summary>The <c>name=value</c> and bare words from <paramref name="first"/> on; a bare word's value is empty.</summary>
    public IEnumerable<KeyValuePair<string, string>> Traits(int first)
    {
        foreach (string word in Words.Skip(first))
        {
            int equals = word.IndexOf('=');
            yield return equals < 0 ? new(word, "") : new(word.Substring(0, equals), word.Substring(equals + 1));
        }
    }
}
