namespace PerfLog.Generators.Model;

/// <summary>Something wrong in a schema file: which rule, where, and the words that fill the rule's message.</summary>
/// <param name="Line">The line in the file, from 0.</param>
internal sealed record SchemaMistake(string Rule, string Path, int Line, int Length, string First, string Second);
