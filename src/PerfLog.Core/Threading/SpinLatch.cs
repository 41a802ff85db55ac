using System.Runtime.CompilerServices;

namespace PerfLog.Threading;

/// <summary>
/// Mutual exclusion for some tens of nanoseconds: one interlocked instruction to enter, one store to leave. Who finds it
/// taken spins and then gives its processor away. Not reentrant, and not fair: a thread that comes back soon gets it
/// again, which keeps the guarded memory in its processor's cache. Its owner keeps it in a field and never copies it.
/// </summary>
public struct SpinLatch
{
    // A holder is done within this many turns unless its thread was taken off its processor.
    private const int TurnsBeforeYield = 8;

    private int _taken;

    /// <summary>Waits for it and takes it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter()
    {
        if (Interlocked.CompareExchange(ref _taken, 1, 0) != 0) EnterLate();
    }

    /// <summary>Gives it back; what was written before is seen by whoever takes it next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Exit() => Volatile.Write(ref _taken, 0);

    private void EnterLate()
    {
        for (int turn = 0; ; turn++)
        {
            if (Volatile.Read(ref _taken) == 0 && Interlocked.CompareExchange(ref _taken, 1, 0) == 0) return;
            if (turn < TurnsBeforeYield) Thread.SpinWait(4 << turn);
            else Thread.Yield();
        }
    }
}
