using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace PerfLog.Generators.Records;

/// <summary>The rules that a record's declaration can break, and their ids.</summary>
internal static class RecordRules
{
    public const string NotPartial = "PLR001";
    public const string UnknownType = "PLR002";
    public const string DuplicateId = "PLR003";
    public const string IdGap = "PLR004";
    public const string NotConstructible = "PLR005";
    public const string NotSettable = "PLR006";
    public const string BadUnion = "PLR007";
    public const string NameClash = "PLR008";
    public const string Generic = "PLR009";
    public const string NoFields = "PLR010";
    public const string TooLarge = "PLR011";
    public const string BadKey = "PLR012";

    private static readonly DiagnosticDescriptor NotPartialRule =
        new(NotPartial, "Not partial", "'{0}' must be partial{1}", "Records", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor UnknownTypeRule =
        new(UnknownType, "No field of this type", "'{0}' cannot be a field: {1}", "Records", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor DuplicateIdRule =
        new(DuplicateId, "Duplicate id", "'{0}' has more than one field with id {1}", "Records", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor IdGapRule =
        new(IdGap, "Gap in ids", "'{0}' has neither a field nor a reservation with id {1}", "Records", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor NotConstructibleRule =
        new(NotConstructible, "Cannot be made", "'{0}' cannot be made from its fields: {1}", "Records", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor NotSettableRule =
        new(NotSettable, "Cannot be set", "'{0}' is a field that can neither be set nor passed to the constructor{1}", "Records", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor BadUnionRule =
        new(BadUnion, "Wrong union", "'{0}' is no union: {1}", "Records", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor NameClashRule =
        new(NameClash, "Clashing name", "'{0}' clashes with a name that is emitted into the type: {1}", "Records", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor GenericRule =
        new(Generic, "Generic record", "'{0}' has type parameters, or lies in a type that has{1}", "Records", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor NoFieldsRule =
        new(NoFields, "No fields", "'{0}' has no fields{1}", "Records", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor TooLargeRule =
        new(TooLarge, "Too many fields", "The fixed part of '{0}' has {1} bytes and may have 65535", "Records", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor BadKeyRule =
        new(BadKey, "Wrong key", "'{0}' is no partition key: {1}", "Records", DiagnosticSeverity.Error, true);

    private static readonly Dictionary<string, DiagnosticDescriptor> ById = new[]
    {
        NotPartialRule, UnknownTypeRule, DuplicateIdRule, IdGapRule, NotConstructibleRule, NotSettableRule, BadUnionRule,
        NameClashRule, GenericRule, NoFieldsRule, TooLargeRule, BadKeyRule,
    }.ToDictionary(static rule => rule.Id);

    public static DiagnosticDescriptor Of(string id) => ById[id];
}
