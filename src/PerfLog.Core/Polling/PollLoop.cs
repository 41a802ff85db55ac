using System.Net.Sockets;
using System.Runtime.InteropServices;
using PerfLog.Threading;

namespace PerfLog.Polling;

/// <summary>
/// Waits for many sockets at once and serves, on the thread that waited, those that are ready: no hand-over to another thread lies
/// between a request's arrival and its answer. Started by its first socket; dispose after the last one.
/// </summary>
/// <remarks>
/// One thread polls at a time. When what it serves holds it up, by a disk that does not answer for example,
/// <see cref="RelieveIfHeldUp"/> lets another thread poll on, and the held-up one leaves when it is free. Each socket is told to the
/// kernel once in its life, which then reports changes only (EPOLLET).
/// </remarks>
internal sealed unsafe class PollLoop : IDisposable
{
    private const int EventsMax = 64;
    private const int ThreadsMax = 64;
    private const ulong WakeUpTicket = ulong.MaxValue;

    // Each look is a system call of a quarter of a microsecond and more: a bound should the clock stand still.
    private const int LooksMax = 1000;

    // A loop that looks keeps a processor busy; the others' peers need one, too.
    private static readonly Places LookingLoops = new(Math.Max(1, Environment.ProcessorCount / 2));

    [ThreadStatic]
    private static bool t_takesWork;

    [ThreadStatic]
    private static IThreadPoolWorkItem? t_work;

    private readonly Lock _gate = new();
    private readonly SocketTable _sockets = new();
    private readonly Queue<PolledSocket> _queued = new();
    private readonly List<Thread> _threads = [];
    private readonly TimeProvider _time;
    private readonly EagerWindow? _eager;
    private readonly string _name;
    private readonly int _epoll = EpollNative.Create();
    private readonly int _wakeUp = EpollNative.CreateWakeUp();
    private readonly byte* _events = (byte*)NativeMemory.Alloc((nuint)(EventsMax * EpollNative.EventBytes));
    private int _eventCount;
    private int _nextEvent;
    private int _turns;
    private int _poller;
    private long _served;
    private long _servedAtLastLook;
    private bool _isServing;
    private bool _mayBlock;
    private bool _isStopped;

    /// <param name="name">Its threads' name.</param>
    /// <param name="time">The clock.</param>
    /// <param name="looks">Whether it may look for the next request for a while before it sleeps.</param>
    public PollLoop(string name, TimeProvider time, bool looks)
    {
        _name = name;
        _time = time;
        _eager = looks ? new EagerWindow(time) : null;
        EpollNative.Add(_epoll, _wakeUp, EpollNative.Readable | EpollNative.OnEdge, WakeUpTicket);
    }

    /// <summary>The sockets that it serves now.</summary>
    public int SocketCount
    {
        get
        {
            lock (_gate) return _sockets.Count;
        }
    }

    /// <summary>
    /// Has the calling thread do something as soon as it is done with the socket that it serves, which spares waking another one. One
    /// piece of work at a time, because the loop's other sockets wait for it, and none where much is moved: others do it at the same time.
    /// </summary>
    /// <returns>False when the thread is no loop's, or has enough to do.</returns>
    public static bool TryDoNext(IThreadPoolWorkItem work)
    {
        if (!t_takesWork || t_work is not null) return false;
        t_work = work;
        return true;
    }

    /// <summary>Begins to watch a socket.</summary>
    /// <returns>The ticket that names it here.</returns>
    public ulong Attach(PolledSocket socket, SafeSocketHandle handle)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isStopped, this);
            ulong ticket = _sockets.Add(socket);
            const uint Events = EpollNative.Readable | EpollNative.Writable | EpollNative.PeerFinished | EpollNative.OnEdge;
            EpollNative.Add(_epoll, handle, Events, ticket);
            if (_threads.Count == 0) StartPoller();
            return ticket;
        }
    }

    /// <summary>What happens to the socket from now on is not told to it. The kernel forgets it when it is closed.</summary>
    public void Detach(ulong ticket)
    {
        lock (_gate) _sockets.Remove(ticket);
    }

    /// <summary>Gives the socket another turn when the others had theirs.</summary>
    public void Queue(PolledSocket socket)
    {
        lock (_gate)
        {
            _queued.Enqueue(socket);
            if (_mayBlock) EpollNative.WakeUp(_wakeUp);
        }
    }

    /// <summary>One of its sockets received or sent so many bytes at once.</summary>
    public void Moved(int bytes) => _eager?.Moved(bytes);

    /// <summary>Starts another thread when the one that polls has served the same socket since the last call.</summary>
    /// <returns>Whether anything was served since then.</returns>
    public bool RelieveIfHeldUp()
    {
        lock (_gate)
        {
            bool isMoving = _served != _servedAtLastLook;
            _servedAtLastLook = _served;
            if (_isServing && !isMoving && _threads.Count < ThreadsMax && !_isStopped) StartPoller();
            return isMoving || _isServing;
        }
    }

    /// <summary>Ends the threads and waits for them; not to be called on one of them.</summary>
    public void Dispose()
    {
        Thread[] threads;
        lock (_gate)
        {
            if (_isStopped) return;
            _isStopped = true;
            EpollNative.WakeUp(_wakeUp);
            threads = [.. _threads];
        }

        foreach (Thread thread in threads) thread.Join();
        _ = EpollNative.Close(_epoll);
        _ = EpollNative.Close(_wakeUp);
        NativeMemory.Free(_events);
    }

    /// <summary>Call under the lock. Whoever polled until now finds that it does no more.</summary>
    private void StartPoller()
    {
        int poller = ++_poller;
        _isServing = false;
        var thread = new Thread(() => Run(poller)) { IsBackground = true, Name = _name };
        _threads.Add(thread);
        thread.UnsafeStart();   // its starter's context is not the loop's
    }

    private void Run(int poller)
    {
        while (TryNext(poller, out PolledSocket socket, out uint events))
        {
            t_takesWork = _eager is { IsBulk: false };
            if (events == 0) socket.TakeTurn();
            else socket.Signal(events);
            DoNext();
        }

        lock (_gate) _threads.Remove(Thread.CurrentThread);
    }

    private static void DoNext()
    {
        // What the work asks for in turn goes to others, so that this ends.
        t_takesWork = false;
        if (t_work is not { } work) return;
        t_work = null;
        work.Execute();
    }

    /// <summary>Waits for the next socket to serve.</summary>
    /// <returns>False when this thread no longer polls.</returns>
    private bool TryNext(int poller, out PolledSocket socket, out uint events)
    {
        while (true)
        {
            lock (_gate)
            {
                socket = null!;
                events = 0;
                if (_poller != poller || _isStopped) return false;
                _isServing = TryTakeEvent(out socket, out events) || TryTakeQueued(out socket);
                if (_isServing)
                {
                    _served++;
                    return true;
                }

                _mayBlock = _queued.Count == 0;
            }

            int count = Wait();
            lock (_gate)
            {
                _mayBlock = false;
                _eventCount = count;
                _nextEvent = 0;
                _turns = _queued.Count;
            }
        }
    }

    private bool TryTakeEvent(out PolledSocket socket, out uint events)
    {
        while (_nextEvent < _eventCount)
        {
            byte* entry = _events + (_nextEvent++ * EpollNative.EventBytes);
            events = *(uint*)entry;
            if (_sockets.Find(*(ulong*)(entry + EpollNative.DataAt)) is not { } found) continue;
            socket = found;
            return true;
        }

        socket = null!;
        events = 0;
        return false;
    }

    /// <summary>Each that was queued when the loop last waited has one turn.</summary>
    private bool TryTakeQueued(out PolledSocket socket)
    {
        socket = null!;
        if (_turns == 0) return false;
        _turns--;
        socket = _queued.Dequeue();
        return true;
    }

    private int Wait()
    {
        if (!_mayBlock || _eager is null) return EpollNative.Wait(_epoll, _events, EventsMax, timeoutMs: _mayBlock ? -1 : 0);
        long began = _time.GetTimestamp();
        TimeSpan window = _eager.Open();
        if (window > TimeSpan.Zero && Look(began, window) is int found and > 0) return found;
        int count = EpollNative.Wait(_epoll, _events, EventsMax, timeoutMs: -1);
        _eager.Slept(since: began);
        return count;
    }

    private int Look(long began, TimeSpan window)
    {
        if (!LookingLoops.TryTake()) return 0;
        int count = 0;
        for (int look = 0; look < LooksMax && count == 0 && _time.GetElapsedTime(began) < window; look++)
            count = EpollNative.Wait(_epoll, _events, EventsMax, timeoutMs: 0);
        LookingLoops.GiveBack();
        return count;
    }
}
