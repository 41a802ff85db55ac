using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace PerfLog.Generators;

/// <summary>The rules that a schema file can break, and their ids.</summary>
internal static class SchemaRules
{
    public const string Syntax = "PLG001";
    public const string UnknownType = "PLG002";
    public const string BadVersions = "PLG003";
    public const string DuplicateField = "PLG004";
    public const string DuplicateTag = "PLG005";
    public const string MissingHeader = "PLG006";
    public const string BadHeader = "PLG007";
    public const string BadDefault = "PLG008";
    public const string UnknownTrait = "PLG009";
    public const string DuplicateMessage = "PLG010";
    public const string DuplicateStruct = "PLG011";
    public const string TagWithoutFlexible = "PLG012";
    public const string NotNullable = "PLG013";
    public const string NoView = "PLG014";
    public const string BadIndent = "PLG015";

    private static readonly DiagnosticDescriptor SyntaxRule =
        new(Syntax, "Not a schema line", "'{0}' is not a schema line: {1}", "Schema", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor UnknownTypeRule =
        new(UnknownType, "Unknown type", "'{0}' is neither a primitive type nor a struct with fields in {1}", "Schema", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor BadVersionsRule =
        new(BadVersions, "Bad version range", "'{0}' is not a version range for {1}", "Schema", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor DuplicateFieldRule =
        new(DuplicateField, "Duplicate field", "'{0}' has more than one field '{1}'", "Schema", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor DuplicateTagRule =
        new(DuplicateTag, "Duplicate tag", "'{0}' has more than one field with tag {1}", "Schema", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor MissingHeaderRule =
        new(MissingHeader, "Missing header", "Field '{0}' stands before any message{1}", "Schema", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor BadHeaderRule =
        new(BadHeader, "Bad header", "The header of '{0}' is wrong: {1}", "Schema", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor BadDefaultRule =
        new(BadDefault, "Bad default", "'{0}' is no default for '{1}'", "Schema", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor UnknownTraitRule =
        new(UnknownTrait, "Unknown trait", "'{0}' is not a trait of field '{1}'", "Schema", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor DuplicateMessageRule =
        new(DuplicateMessage, "Duplicate message", "'{0}' clashes with another message: {1}", "Schema", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor DuplicateStructRule =
        new(DuplicateStruct, "Clashing name", "The name '{0}' is taken: {1}", "Schema", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor TagWithoutFlexibleRule =
        new(TagWithoutFlexible, "Tag outside flexible versions", "'{0}' is tagged in versions that are not flexible{1}", "Schema", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor NotNullableRule =
        new(NotNullable, "Not nullable", "'{0}' is of type {1}, which cannot be null", "Schema", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor NoViewRule =
        new(NoView, "No view of this type", "'{0}' is of type {1}, which views do not support", "Schema", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor BadIndentRule =
        new(BadIndent, "Bad indentation", "'{0}' is indented wrongly: {1}", "Schema", DiagnosticSeverity.Error, true);

    private static readonly Dictionary<string, DiagnosticDescriptor> ById = new[]
    {
        SyntaxRule, UnknownTypeRule, BadVersionsRule, DuplicateFieldRule, DuplicateTagRule, MissingHeaderRule, BadHeaderRule,
        BadDefaultRule, UnknownTraitRule, DuplicateMessageRule, DuplicateStructRule, TagWithoutFlexibleRule, NotNullableRule,
        NoViewRule, BadIndentRule,
    }.ToDictionary(static rule => rule.Id);

    public static DiagnosticDescriptor Of(string id) => ById[id];
}
