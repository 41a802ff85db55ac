using PerfLog.Generators.Model;

namespace PerfLog.Generators.Records.Model;

/// <summary>A part of a key.</summary>
/// <param name="Name">Its member.</param>
/// <param name="Type">Its type in C#.</param>
/// <param name="Number">The number that is written; empty for a text or a Guid.</param>
/// <param name="Width">Its bytes; 0 for a text.</param>
internal sealed record KeyPartModel(string Name, string Type, string Number, int Width)
{
    public bool IsText => Width == 0;
}

/// <summary>A type that is a key of several parts: what is emitted depends on this alone.</summary>
internal sealed record KeyModel(
    string Space, EquatableArray<string> Containers, string Keyword, string Name, bool HasConstructor, EquatableArray<KeyPartModel> Parts);
