using PerfLog.Broker.Networking;
using PerfLog.Polling;
using PerfLog.Replication;

namespace PerfLog.Broker.Fetching;

/// <summary>
/// One fetch from its arrival to its answer: looks at its partitions, and if there is too little, waits for them and looks
/// again, until there is enough, the client's time is over or the connection is gone. Pooled.
/// </summary>
/// <remarks>
/// Only one thread looks at a time. <see cref="_state"/> tells who: a waiting fetch is taken by the first that has news
/// (<see cref="OnProgress"/>), who looks when the append that brought the news is answered, or has the pool look where others are to be
/// looked after, too; news that come while it is looking make it look once more.
/// </remarks>
internal sealed class DelayedFetch : IPartitionWaiter, IDelayedRequest, IThreadPoolWorkItem, IDisposable
{
    private const int Looking = 0;
    private const int LookAgain = 1;
    private const int Waiting = 2;

    private readonly List<FetchTarget> _borrowed = [];
    private readonly FetchCompletion _completion;
    private readonly ITimer _timer;
    private int _state = Looking;
    private int _borrowedCount;
    private bool _isRegistered;
    private volatile bool _isExpired;

    public DelayedFetch(FetchCompletion completion, TimeProvider time)
    {
        _completion = completion;
        _timer = time.CreateTimer(static self => ((DelayedFetch)self!).Expire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public List<FetchTarget> Targets { get; } = [];

    public RequestContext Request { get; private set; } = null!;

    public FetchSession? Session { get; set; }

    public bool IsFull { get; set; }

    public bool IsReadCommitted { get; set; }

    public int BytesMin { get; set; }

    public int BytesMax { get; set; }

    public int WaitMs { get; set; }

    public void Begin(RequestContext request)
    {
        Request = request;
        Session = null;
        IsFull = true;
        Targets.Clear();
        _borrowedCount = 0;
        _isExpired = false;
        _state = Looking;
    }

    /// <summary>A target for a request that has no session to keep its own.</summary>
    public FetchTarget BorrowTarget()
    {
        if (_borrowedCount == _borrowed.Count) _borrowed.Add(new FetchTarget());
        return _borrowed[_borrowedCount++];
    }

    /// <summary>Answers now if there is enough or no time, and otherwise waits.</summary>
    public void Start(bool mayWait)
    {
        if (!mayWait) _isExpired = true;
        if (TryAnswer()) return;
        if (!_completion.TryBeginWait())
        {
            _isExpired = true;
            TryAnswer();
            return;
        }

        _isRegistered = true;
        Request.Delayed = this;
        foreach (FetchTarget target in Targets) target.Partition?.Waiters.Add(target.Wait, this);
        _timer.Change(TimeSpan.FromMilliseconds(WaitMs), Timeout.InfiniteTimeSpan);

        // What was appended between the first look and the waiting would be missed without a second look.
        Execute();
    }

    public void OnProgress()
    {
        while (true)
        {
            int state = Volatile.Read(ref _state);
            if (state == LookAgain) return;
            int next = state == Waiting ? Looking : LookAgain;
            if (Interlocked.CompareExchange(ref _state, next, state) != state) continue;
            if (state == Waiting && !PollLoop.TryDoNext(this)) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return;
        }
    }

    /// <summary>Only a hint, which may come late and reach another request's use: that one just looks once more.</summary>
    public void Abandon() => OnProgress();

    public void Execute()
    {
        while (!TryAnswer())
        {
            if (Interlocked.CompareExchange(ref _state, Waiting, Looking) == Looking) return;
            Volatile.Write(ref _state, Looking);
        }
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>A timer of an earlier use that fires late only makes this fetch answer early, which clients expect.</summary>
    private void Expire()
    {
        _isExpired = true;
        OnProgress();
    }

    private bool TryAnswer()
    {
        bool isAbandoned = Request.Connection.IsClosed;
        if (!isAbandoned && !FetchCollection.Collect(this) && !_isExpired)
        {
            FetchCollection.Release(this);
            return false;
        }

        StopWaiting();
        if (isAbandoned) _completion.Drop(this);
        else _completion.Answer(this);
        return true;
    }

    private void StopWaiting()
    {
        if (!_isRegistered) return;
        _isRegistered = false;
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        foreach (FetchTarget target in Targets) target.Partition?.Waiters.Remove(target.Wait);
        _completion.EndWait();
    }
}
