namespace PerfLog.Threading;

/// <summary>
/// A few threads that sleep until they get something to do. Those of .NET's pool look for more work for a while before they sleep,
/// which where work comes in small pieces takes more of the processors than the work. Whoever finds none asleep goes to the pool, so
/// that work which holds its thread up holds nothing else up. Any thread may call it.
/// </summary>
/// <param name="most">How many there are at most; they are started when they are first needed, and stay.</param>
public sealed class ParkedThreads(int most)
{
    private readonly Lock _gate = new();
    private readonly Stack<ParkedThread> _asleep = new(most);
    private int _started;

    /// <summary>Those that all of a process's clients have in common.</summary>
    public static ParkedThreads Shared { get; } = new(Environment.ProcessorCount);

    /// <summary>Has one of the threads, or else one of the pool, do something soon.</summary>
    public void Run(IThreadPoolWorkItem work)
    {
        if (TakeOne() is { } thread) thread.Wake(work);
        else ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
    }

    private ParkedThread? TakeOne()
    {
        lock (_gate)
        {
            // The one that slept last: what it needs may still be in its processor's caches.
            if (_asleep.TryPop(out ParkedThread? thread)) return thread;
            if (_started == most) return null;
            _started++;
        }

        return new ParkedThread(this);
    }

    private void Park(ParkedThread thread)
    {
        lock (_gate) _asleep.Push(thread);
    }

    private sealed class ParkedThread
    {
        private readonly ParkedThreads _owner;
        private readonly object _bell = new();
        private IThreadPoolWorkItem? _work;

        public ParkedThread(ParkedThreads owner)
        {
            _owner = owner;
            new Thread(Run) { IsBackground = true, Name = "PerfLog parked" }.UnsafeStart();
        }

        public void Wake(IThreadPoolWorkItem work)
        {
            lock (_bell)
            {
                _work = work;
                Monitor.Pulse(_bell);
            }
        }

        private void Run()
        {
            while (true)
            {
                Next().Execute();
                _owner.Park(this);
            }
        }

        private IThreadPoolWorkItem Next()
        {
            lock (_bell)
            {
                while (_work is null) Monitor.Wait(_bell);
                IThreadPoolWorkItem work = _work;
                _work = null;
                return work;
            }
        }
    }
}
