namespace PerfLog.Broker.Fetching;

/// <summary>
/// The fetch sessions of all clients, bounded in number. All methods may be called from any thread.
/// </summary>
internal sealed class FetchSessionCache(int sessionsMax, Random random, TimeProvider time)
{
    /// <summary>A session that nobody used for so long gives way to a new one.</summary>
    private const long EvictableAfterMs = 120_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, FetchSession> _sessions = [];

    public int Count
    {
        get
        {
            lock (_gate) return _sessions.Count;
        }
    }

    /// <summary>A new session in use by the caller; null when all places are taken by sessions that are in use.</summary>
    public FetchSession? TryCreate()
    {
        long now = TimestampMs.Now(time).Value;
        lock (_gate)
        {
            if (_sessions.Count >= sessionsMax && !TryEvict(now)) return null;
            int id;
            do id = random.Next(1, int.MaxValue);
            while (_sessions.ContainsKey(id));
            var session = new FetchSession(id, now) { IsInUse = true };
            _sessions.Add(id, session);
            return session;
        }
    }

    /// <summary>Takes a session for the request that carries <paramref name="epoch"/>, and expects the next one then.</summary>
    public ErrorCode TryUse(int id, int epoch, out FetchSession? session)
    {
        lock (_gate)
        {
            if (!_sessions.TryGetValue(id, out session)) return ErrorCode.FetchSessionIdNotFound;

            // A second request while the first waits cannot carry an epoch that its answer has not confirmed.
            if (session.IsInUse || session.NextEpoch != epoch) return ErrorCode.InvalidFetchSessionEpoch;
            session.IsInUse = true;
            session.LastUsedAtMs = TimestampMs.Now(time).Value;
            session.AdvanceEpoch();
            return ErrorCode.None;
        }
    }

    /// <summary>The request that used the session is answered.</summary>
    public void Release(FetchSession session)
    {
        lock (_gate) session.IsInUse = false;
    }

    public void Close(int id)
    {
        lock (_gate) _sessions.Remove(id);
    }

    private bool TryEvict(long now)
    {
        FetchSession? oldest = null;
        foreach (FetchSession session in _sessions.Values)
        {
            if (!session.IsInUse && (oldest is null || session.LastUsedAtMs < oldest.LastUsedAtMs)) oldest = session;
        }

        if (oldest is null || now - oldest.LastUsedAtMs <= EvictableAfterMs) return false;
        return _sessions.Remove(oldest.Id);
    }
}
