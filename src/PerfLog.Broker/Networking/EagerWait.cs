using System.Net.Sockets;
using PerfLog.Threading;

namespace PerfLog.Broker.Networking;

/// <summary>
/// Looks for a peer's next bytes a little longer before its receive loop gives its thread away, where the peer is one that asks
/// again at once: two wake-ups cost more than such a peer needs. Only one thread in two does so, and none while work is queued.
/// </summary>
internal static class EagerWait
{
    // Counted and not timed: each look is a system call and a short spin, about 40 microseconds in all, and a clock that
    // stands still, as in a test, must not make this last.
    private const int LooksMax = 80;

    private static readonly Places Waiters = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <returns>Whether there are bytes now.</returns>
    public static bool TryWait(Socket socket)
    {
        if (Environment.ProcessorCount == 1 || ThreadPool.PendingWorkItemCount > 0) return false;
        if (!Waiters.TryTake()) return false;
        try
        {
            for (int look = 0; look < LooksMax; look++)
            {
                if (socket.Available > 0) return true;
                Thread.SpinWait(20);
            }

            return false;
        }
        finally
        {
            Waiters.GiveBack();
        }
    }
}
