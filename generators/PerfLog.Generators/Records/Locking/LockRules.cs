using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace PerfLog.Generators.Records.Locking;

/// <summary>What can be wrong between record types and the lock file, and its ids.</summary>
internal static class LockRules
{
    public const string TypeChanged = "PLR101";
    public const string NullForbidden = "PLR102";
    public const string Removed = "PLR103";
    public const string IdReused = "PLR104";
    public const string Moved = "PLR105";
    public const string RequiredAdded = "PLR106";
    public const string EnumChanged = "PLR107";
    public const string UnionChanged = "PLR108";
    public const string Unreadable = "PLR110";
    public const string OutOfDate = "PLR120";

    private static readonly DiagnosticDescriptor TypeChangedRule =
        new(TypeChanged, "A field's type changed", "'{0}' {1}", "Evolution", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor NullForbiddenRule =
        new(NullForbidden, "A field may no longer be null", "'{0}' {1}", "Evolution", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor RemovedRule =
        new(Removed, "A field is gone", "'{0}' {1}", "Evolution", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor IdReusedRule =
        new(IdReused, "An id is used again", "'{0}' {1}", "Evolution", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor MovedRule =
        new(Moved, "A field has another id", "'{0}' {1}", "Evolution", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor RequiredAddedRule =
        new(RequiredAdded, "A new field is required", "'{0}' {1}", "Evolution", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor EnumChangedRule =
        new(EnumChanged, "An enum's values changed", "'{0}' {1}", "Evolution", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor UnionChangedRule =
        new(UnionChanged, "A union's cases changed", "'{0}' {1}", "Evolution", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor UnreadableRule =
        new(Unreadable, "The lock file cannot be read", "{0}: {1}", "Evolution", DiagnosticSeverity.Error, true);

    private static readonly DiagnosticDescriptor OutOfDateRule = new(
        OutOfDate, "The lock file is out of date", "'{0}' {1}: build once with -p:PerfLogUpdateLock=true", "Evolution", DiagnosticSeverity.Warning, true);

    public static readonly ImmutableArray<DiagnosticDescriptor> All =
    [
        TypeChangedRule, NullForbiddenRule, RemovedRule, IdReusedRule, MovedRule, RequiredAddedRule, EnumChangedRule, UnionChangedRule,
        UnreadableRule, OutOfDateRule,
    ];

    private static readonly Dictionary<string, DiagnosticDescriptor> ById = All.ToDictionary(static rule => rule.Id);

    public static DiagnosticDescriptor Of(string id) => ById[id];
}
