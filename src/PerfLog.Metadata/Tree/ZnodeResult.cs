using System.Collections.Immutable;

namespace PerfLog.Metadata;

/// <summary>What a read answered: the value, or why there is none.</summary>
public readonly record struct ZnodeResult<T>(ZnodeError Error, T? Value)
    where T : class
{
    public bool Succeeded => Error == ZnodeError.None;
}

/// <summary>What a change did: the path (with its number, when sequential) and the node's version afterwards.</summary>
public readonly record struct ChangeOutcome(string Path, ZnodeVersion Version);

/// <summary>What became of a transaction. All of it happened, or nothing.</summary>
/// <param name="Error">Why nothing happened.</param>
/// <param name="FailedChange">The change that was refused, by its place in the transaction; -1 when none was.</param>
/// <param name="Zxid">The transaction's place in the store's order.</param>
/// <param name="Outcomes">One for each change.</param>
public sealed record CommitResult(ZnodeError Error, int FailedChange, Zxid Zxid, ImmutableArray<ChangeOutcome> Outcomes)
{
    public bool Succeeded => Error == ZnodeError.None;

    internal static CommitResult Failed(ZnodeError error, int failedChange = -1) => new(error, failedChange, default, []);
}
