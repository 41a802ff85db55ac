using System.Net.Sockets;

namespace PerfLog.Broker.Networking;

/// <summary>
/// Looks for a peer's next bytes a little longer before its receive loop gives its thread away, where the peer is one that asks
/// again at once: two wake-ups cost more than such a peer needs. Only one thread in two does so, and none while work is queued.
/// </summary>
internal static class EagerWait
{
    private static readonly TimeSpan Longest = TimeSpan.FromMicroseconds(40);
    private static readonly int WaitersMax = Math.Max(1, Environment.ProcessorCount / 2);
    private static int _waiters;

    /// <returns>Whether there are bytes now.</returns>
    public static bool TryWait(Socket socket, TimeProvider time)
    {
        if (Environment.ProcessorCount == 1 || ThreadPool.PendingWorkItemCount > 0) return false;
        if (Interlocked.Increment(ref _waiters) > WaitersMax)
        {
            Interlocked.Decrement(ref _waiters);
            return false;
        }

        try
        {
            long began = time.GetTimestamp();
            while (socket.Available == 0)
            {
                if (time.GetElapsedTime(began) > Longest) return false;
                Thread.SpinWait(20);
            }

            return true;
        }
        finally
        {
            Interlocked.Decrement(ref _waiters);
        }
    }
}
