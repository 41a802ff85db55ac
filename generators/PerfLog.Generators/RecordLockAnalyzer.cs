using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using PerfLog.Generators.Model;
using PerfLog.Generators.Records.Locking;
using PerfLog.Generators.Records.Parsing;

namespace PerfLog.Generators;

/// <summary>
/// Compares each record type with the project's lock file, if it has one: a change that would make old records or old readers
/// go wrong is an error, and any other that the file does not have yet is a warning.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class RecordLockAnalyzer : DiagnosticAnalyzer
{
    internal const string UpdateProperty = "build_property.PerfLogUpdateLock";
    internal const string IdKey = "Id";
    internal const string ReservationKey = "Reservation";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => LockRules.All;

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            AdditionalText? file = start.Options.AdditionalFiles.FirstOrDefault(LockFile.Is);
            if (file?.GetText(start.CancellationToken)?.ToString() is not { } text) return;
            try
            {
                LockCheck check = new(LockFile.Parse(text), IsUpdating(start.Options));
                start.RegisterSymbolAction(check.Run, SymbolKind.NamedType);
            }
            catch (FormatException fault)
            {
                start.RegisterCompilationEndAction(end => end.ReportDiagnostic(
                    Diagnostic.Create(LockRules.Of(LockRules.Unreadable), Location.None, LockFile.Name, fault.Message)));
            }
        });
    }

    private static bool IsUpdating(AnalyzerOptions options) =>
        options.AnalyzerConfigOptionsProvider.GlobalOptions.TryGetValue(UpdateProperty, out string? value) && value == "true";
}

/// <summary>The comparison of one compilation. Any thread may call it.</summary>
internal sealed class LockCheck(EquatableArray<LockedType> locked, bool isUpdating)
{
    private readonly Dictionary<(LockedKind, string), LockedType> _locked = locked.ToDictionary(static type => (type.Kind, type.Name));
    private readonly Dictionary<string, string> _enums =
        locked.Where(static type => type.Kind == LockedKind.Enum).ToDictionary(static type => type.Name, static type => type.Underlying);

    private readonly ConcurrentDictionary<string, bool> _checkedEnums = new();

    public void Run(SymbolAnalysisContext context)
    {
        if (context.Symbol is not INamedTypeSymbol type || Marks.Find(type, Marks.LogRecord) is null) return;
        foreach (LockedType current in SourceTypes.Of(type))
        {
            INamedTypeSymbol symbol = current.Kind == LockedKind.Enum
                ? SourceTypes.EnumsOf(type).First(number => RecordTypes.PlainName(number) == current.Name)
                : type;
            if (current.Kind != LockedKind.Enum || _checkedEnums.TryAdd(current.Name, true)) Check(context, symbol, current);
        }
    }

    private void Check(SymbolAnalysisContext context, INamedTypeSymbol type, LockedType current)
    {
        LockedType? before = Find(current);
        IReadOnlyList<LockFinding> findings = before is null ? [] : new LockComparison(before, current, _enums).Run();
        foreach (LockFinding finding in findings) Report(context, type, finding);
        if (findings.Count > 0 || isUpdating) return;
        if (before is null) Report(context, type, new(LockRules.OutOfDate, "", current.Name, "is not in the lock file"));
        else if (LockUpdate.Apply(before, current) != before) Report(context, type, new(LockRules.OutOfDate, "", current.Name, "has changed, compatibly, since the lock file was written"));
    }

    private LockedType? Find(LockedType current)
    {
        foreach (LockedKind kind in new[] { current.Kind, LockedKind.Record, LockedKind.Union })
        {
            if (_locked.TryGetValue((kind, current.Name), out LockedType? found)) return found;
        }

        return null;
    }

    private static void Report(SymbolAnalysisContext context, INamedTypeSymbol type, LockFinding finding)
    {
        ISymbol place = Declarations.SelfAndBases(type).SelectMany(level => level.GetMembers(finding.Member)).FirstOrDefault() ?? type;
        Location location = place.Locations.FirstOrDefault(static location => location.IsInSource) ?? context.Symbol.Locations[0];
        ImmutableDictionary<string, string?> properties = ImmutableDictionary<string, string?>.Empty
            .Add(RecordLockAnalyzer.IdKey, $"{finding.Id}").Add(RecordLockAnalyzer.ReservationKey, finding.Reservation);
        context.ReportDiagnostic(Diagnostic.Create(LockRules.Of(finding.Rule), location, properties, finding.Subject, finding.What));
    }
}
