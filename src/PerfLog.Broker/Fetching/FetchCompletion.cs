using PerfLog.Broker.Networking;
using PerfLog.Buffers;
using PerfLog.Threading;

namespace PerfLog.Broker.Fetching;

/// <summary>
/// Ends fetches: writes the answer, lets the session and the pooled objects go. One for all connections, any thread.
/// </summary>
internal sealed class FetchCompletion
{
    private const int PooledMax = 1_024;
    private const short FirstWithRecordBatches = 4;

    private readonly Reusables<DelayedFetch> _fetches;
    private readonly FetchSessionCache _sessions;
    private readonly FetchDownConversion _downConversion = new();
    private readonly Places _delayed;

    public FetchCompletion(FetchSessionCache sessions, FetchLimits limits, TimeProvider time)
    {
        _sessions = sessions;
        _delayed = new Places(limits.DelayedMax);
        _fetches = new Reusables<DelayedFetch>(() => new DelayedFetch(this, time), PooledMax);
    }

    public DelayedFetch Rent(RequestContext request)
    {
        DelayedFetch fetch = _fetches.Rent();
        fetch.Begin(request);
        return fetch;
    }

    /// <summary>Takes one of the places for waiting fetches; none may be left.</summary>
    public bool TryBeginWait() => _delayed.TryTake();

    public void EndWait() => _delayed.GiveBack();

    public void Answer(DelayedFetch fetch)
    {
        RequestContext request = fetch.Request;
        if (request.Version < ZstdScreen.FirstWithZstd) ZstdScreen.Apply(fetch.Targets);
        if (request.Version < FirstWithRecordBatches) _downConversion.Convert(fetch.Targets, request.Version);
        FetchAnswer.Write(request, fetch.Targets, ErrorCode.None, fetch.Session?.Id ?? 0, fetch.IsFull);
        if (request.Version < FirstWithRecordBatches) _downConversion.Release(fetch.Targets);
        if (fetch.Session is { } session) Advance(session, fetch.Targets);
        GiveBack(fetch);
        request.Complete();
    }

    /// <summary>Answers with an error for the request as a whole.</summary>
    public void Refuse(DelayedFetch fetch, ErrorCode error)
    {
        RequestContext request = fetch.Request;
        fetch.Targets.Clear();
        FetchAnswer.Write(request, fetch.Targets, error, 0, all: true);
        GiveBack(fetch);
        request.Complete();
    }

    /// <summary>Nobody is there to be answered.</summary>
    public void Drop(DelayedFetch fetch)
    {
        RequestContext request = fetch.Request;
        GiveBack(fetch);
        request.CompleteWithoutResponse();
    }

    private static void Advance(FetchSession session, List<FetchTarget> targets)
    {
        foreach (FetchTarget target in targets)
        {
            if (target.BytesFound > 0) session.MoveToEnd(target);
            target.MarkAnswered();
        }
    }

    /// <summary>
    /// The session is free and the regions are let go before the answer leaves: the client's next request may come on
    /// another thread at once.
    /// </summary>
    private void GiveBack(DelayedFetch fetch)
    {
        FetchCollection.Release(fetch);
        fetch.Targets.Clear();
        if (fetch.Session is { } session) _sessions.Release(session);
        fetch.Session = null;
        _fetches.GiveBack(fetch);
    }
}
