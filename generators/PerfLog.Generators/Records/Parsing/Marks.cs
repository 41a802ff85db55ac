using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace PerfLog.Generators.Records.Parsing;

/// <summary>The attributes that make a record.</summary>
internal static class Marks
{
    public const string Space = "PerfLog.Records.";
    public const string LogRecord = "LogRecordAttribute";
    public const string Field = "FieldAttribute";
    public const string ReservedField = "ReservedFieldAttribute";
    public const string Union = "UnionAttribute";
    public const string PartitionKey = "PartitionKeyAttribute";

    public static AttributeData? Find(ISymbol symbol, string mark) => All(symbol, mark).FirstOrDefault();

    public static IEnumerable<AttributeData> All(ISymbol symbol, string mark) => symbol.GetAttributes().Where(attribute =>
        attribute.AttributeClass?.Name == mark && attribute.AttributeClass.ContainingNamespace?.ToDisplayString() + "." == Space);

    public static Location? PlaceOf(AttributeData mark) => mark.ApplicationSyntaxReference is { } syntax
        ? Location.Create(syntax.SyntaxTree, syntax.Span)
        : null;
}
