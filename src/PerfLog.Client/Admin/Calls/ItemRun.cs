using PerfLog.Client.Cluster;

namespace PerfLog.Client.Admin;

/// <summary>
/// One call about many items, made once. In each round the brokers concerned are asked at the same time, one request for each; the next
/// round is about those items alone that failed of something that may pass.
/// </summary>
internal sealed class ItemRun<TItem, TValue>
    where TItem : notnull
{
    private readonly ItemCalls _owner;
    private readonly ItemCall<TItem, TValue> _call;
    private readonly TimeSpan _timeout;
    private readonly TItem[] _items;
    private readonly Dictionary<TItem, AdminResult<TValue>> _results = [];
    private readonly Dictionary<TItem, Trouble> _troubles = [];
    private readonly long _startedAt;

    public ItemRun(ItemCalls owner, ItemCall<TItem, TValue> call, IEnumerable<TItem> items, TimeSpan timeout)
    {
        Limits.RequireTime(timeout, nameof(AdminCallOptions.Timeout));
        (_owner, _call, _timeout, _items) = (owner, call, timeout, [.. items]);
        _startedAt = Time.GetTimestamp();
    }

    private TimeProvider Time => _owner.Options.Time;

    private TimeSpan Left => _timeout - Time.GetElapsedTime(_startedAt);

    public async Task<AdminResults<TItem, TValue>> RunAsync(CancellationToken cancellation)
    {
        using CancellationTokenSource limit = new(_timeout, Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            await AskUntilAnsweredAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            // Time is over: what is open has failed.
        }

        OrderedDictionary<TItem, AdminResult<TValue>> results = new(_items.Length);
        foreach (TItem item in _items)
            results[item] = _results.TryGetValue(item, out AdminResult<TValue> result) ? result : new(TooLate(item));
        return new(results);
    }

    private async Task AskUntilAnsweredAsync(CancellationToken cancellation)
    {
        TItem[] open = _items;
        for (bool anew = false; open.Length > 0; anew = true)
        {
            if (anew) await Task.Delay(_owner.Options.RetryBackoff, Time, cancellation).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            await AskOnceAsync(open, anew, cancellation).ConfigureAwait(false);
            open = [.. open.Where(item => !_results.ContainsKey(item))];
        }
    }

    private async Task AskOnceAsync(TItem[] open, bool anew, CancellationToken cancellation)
    {
        IReadOnlyList<Place> places;
        try
        {
            places = await _call.Routing.FindAsync(open, anew, cancellation).ConfigureAwait(false);
        }
        catch (IOException failure) when (_owner.HasReached)
        {
            Note(open, failure, wasSent: false);
            return;
        }

        if (places.Any(static place => place.Address is not null)) _owner.HasReached = true;
        Dictionary<Place, List<TItem>> asked = [];
        foreach (var (item, place) in open.Zip(places))
        {
            if (place.Error != ErrorCode.None) Take(item, place.Error, place.Reason, place.MayPass);
            else if (asked.TryGetValue(place, out List<TItem>? together)) together.Add(item);
            else asked[place] = [item];
        }

        await Task.WhenAll(asked.Select(entry => AskAsync(entry.Key, entry.Value, cancellation))).ConfigureAwait(false);
    }

    private async Task AskAsync(Place place, List<TItem> items, CancellationToken cancellation)
    {
        IBrokerLink? link = null;
        try
        {
            link = place.Address is { } address
                ? await _owner.Cluster.LinkAsync(address, LinkLane.Requests, cancellation).ConfigureAwait(false)
                : await _owner.Cluster.AnyLinkAsync(cancellation).ConfigureAwait(false);
            int timeoutMs = (int)Math.Clamp(Left.TotalMilliseconds, 1, _owner.Options.RequestTimeout.TotalMilliseconds);
            IEnumerable<ItemAnswer<TItem, TValue>> answers =
                await _call.Ask(new(link, place.Broker, timeoutMs), items, cancellation).ConfigureAwait(false);
            _owner.HasReached = true;
            Take(items, answers);
        }
        catch (IOException failure)
        {
            if (link is not null) await _owner.Cluster.DropAsync(link).ConfigureAwait(false);
            if (!_owner.HasReached) throw;
            Note(items, failure, wasSent: link is not null);
        }
    }

    private void Note(IEnumerable<TItem> items, IOException failure, bool wasSent)
    {
        lock (_results)
        {
            foreach (TItem item in items)
                _troubles[item] = new(ErrorCode.NetworkException, failure.Message, wasSent ? failure : _troubles.GetValueOrDefault(item)?.Lost);
        }
    }

    private void Take(List<TItem> items, IEnumerable<ItemAnswer<TItem, TValue>> answers)
    {
        HashSet<TItem> silent = [.. items];
        foreach (ItemAnswer<TItem, TValue> answer in answers)
        {
            if (!silent.Remove(answer.Item)) continue;
            if (answer.Error != ErrorCode.None) Take(answer.Item, answer.Error, answer.Reason, _call.Routing.MayPass(answer.Error));
            else lock (_results) _results[answer.Item] = new(answer.Value);
        }

        foreach (TItem item in silent) Take(item, ErrorCode.UnknownServerError, "the broker's answer does not say anything about it", mayPass: false);
    }

    private void Take(TItem item, ErrorCode error, string? reason, bool mayPass)
    {
        if (string.IsNullOrEmpty(reason)) reason = _call.Meaning?.Invoke(error);
        lock (_results)
        {
            IOException? lost = _troubles.GetValueOrDefault(item)?.Lost;
            if (mayPass) _troubles[item] = new(error, reason, lost);
            else _results[item] = new(AdminException.Refused(error, _call.Subject(item), reason, lost));
        }
    }

    private AdminException TooLate(TItem item)
    {
        string within = $"not done within {_timeout.TotalSeconds} s";
        return _troubles.TryGetValue(item, out Trouble? last)
            ? AdminException.Refused(last.Error, _call.Subject(item), $"{within}; at last: {last.Reason ?? AdminException.Meaning(last.Error)}", last.Lost)
            : AdminException.Refused(ErrorCode.RequestTimedOut, _call.Subject(item), within);
    }

    /// <summary>Why an item has no answer yet.</summary>
    /// <param name="Error">The last refusal.</param>
    /// <param name="Reason">The same in words.</param>
    /// <param name="Lost">The failure after an attempt was sent: nobody knows whether the broker did it.</param>
    private sealed record Trouble(ErrorCode Error, string? Reason, IOException? Lost);
}
