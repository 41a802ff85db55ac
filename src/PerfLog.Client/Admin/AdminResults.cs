using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace PerfLog.Client.Admin;

/// <summary>What became of one item of a call.</summary>
/// <typeparam name="TValue">What the cluster tells of an item.</typeparam>
public readonly record struct AdminResult<TValue>
{
    private readonly TValue _value;

    internal AdminResult(TValue value) => _value = value;

    internal AdminResult(AdminException failure) => (_value, Failure) = (default!, failure);

    /// <summary>Why there is nothing; null when there is.</summary>
    public AdminException? Failure { get; }

    /// <summary>The protocol's error; none when there is a value.</summary>
    public ErrorCode Error => Failure?.Error ?? ErrorCode.None;

    /// <summary>What the cluster told.</summary>
    /// <exception cref="AdminException">It refused.</exception>
    public TValue Value => Failure is null ? _value : throw Failure;

    /// <summary>The value, if there is one.</summary>
    public bool TryGet([MaybeNullWhen(false)] out TValue value)
    {
        value = _value;
        return Failure is null;
    }
}

/// <summary>What became of each item of a call, in the order in which they were given.</summary>
/// <typeparam name="TItem">What the call was about: a topic's name, a partition, a group's id and so on.</typeparam>
/// <typeparam name="TValue">What the cluster tells of an item.</typeparam>
public sealed class AdminResults<TItem, TValue> : IReadOnlyDictionary<TItem, AdminResult<TValue>>
    where TItem : notnull
{
    private readonly OrderedDictionary<TItem, AdminResult<TValue>> _results;

    internal AdminResults(OrderedDictionary<TItem, AdminResult<TValue>> results) => _results = results;

    /// <inheritdoc/>
    public int Count => _results.Count;

    /// <inheritdoc/>
    public IEnumerable<TItem> Keys => _results.Keys;

    /// <inheritdoc/>
    public IEnumerable<AdminResult<TValue>> Values => _results.Values;

    /// <summary>The failures, in order.</summary>
    public IEnumerable<AdminException> Failures =>
        _results.Values.Where(static result => result.Failure is not null).Select(static result => result.Failure!);

    /// <inheritdoc/>
    public AdminResult<TValue> this[TItem key] => _results[key];

    /// <summary>The values, in order, where there is one for each item.</summary>
    /// <exception cref="AdminException">An item failed; the message names all that did.</exception>
    public IReadOnlyList<TValue> All()
    {
        ThrowIfAnyFailed();
        return [.. _results.Values.Select(static result => result.Value)];
    }

    /// <summary>Throws when an item failed.</summary>
    /// <exception cref="AdminException">It has the error of the first that failed, and its message names all of them.</exception>
    public void ThrowIfAnyFailed()
    {
        AdminException[] failures = [.. Failures];
        if (failures.Length == 1) throw failures[0];
        if (failures.Length > 1)
            throw new AdminException(failures[0].Error, string.Join("; ", failures.Select(static failure => failure.Message)), failures[0]);
    }

    /// <inheritdoc/>
    public bool ContainsKey(TItem key) => _results.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(TItem key, out AdminResult<TValue> value) => _results.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<TItem, AdminResult<TValue>>> GetEnumerator() => _results.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
