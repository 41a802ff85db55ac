using System.Collections.Generic;
using System.Linq;
using PerfLog.Generators.Model;

namespace PerfLog.Generators.Records.Locking;

/// <summary>Brings what the lock file says up to the source, keeping the history. Pure.</summary>
internal static class LockUpdate
{
    public static IEnumerable<LockedType> Apply(EquatableArray<LockedType> locked, IEnumerable<LockedType> sources)
    {
        Dictionary<(LockedKind, string), LockedType> types = [];
        foreach (LockedType type in locked) types[(type.Kind, type.Name)] = type;
        foreach (LockedType source in sources)
            types[(source.Kind, source.Name)] = types.TryGetValue((source.Kind, source.Name), out LockedType? before) ? Apply(before, source) : source;
        return types.Values;
    }

    /// <returns>The same object's equal when nothing changed; else the next version.</returns>
    public static LockedType Apply(LockedType before, LockedType source)
    {
        LockedType next = before with { Underlying = source.Underlying, Lines = new(Lines(before, source)) };
        return next == before ? before : next with { Version = before.Version + 1 };
    }

    private static IEnumerable<LockedLine> Lines(LockedType before, LockedType source)
    {
        int version = before.Version + 1;
        IEnumerable<LockedLine> now = source.Lines.Select(line => before.ById(line.Id) switch
        {
            null => line with { Since = version, Reserved = line.Reserved > 0 ? version : 0 },
            // The type that a reserved field had is worth more than the one that keeps its place.
            { } old when line.Reserved > 0 => old with { IsRequired = false, Reserved = old.Reserved > 0 ? old.Reserved : version },
            { } old => line with { Since = old.Since },
        });
        // An enum's value without a name may still be in records.
        IEnumerable<LockedLine> gone = before.Lines.Where(line => source.ById(line.Id) is null)
            .Select(line => line with { Reserved = line.Reserved > 0 ? line.Reserved : version });
        return now.Concat(gone).OrderBy(static line => line.Id);
    }
}
