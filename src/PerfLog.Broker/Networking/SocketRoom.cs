using System.Net.Sockets;
using System.Runtime.InteropServices;
using PerfLog.Threading;

namespace PerfLog.Broker.Networking;

/// <summary>
/// Waits on the spot for a full socket to take bytes again. Any thread may call it; only as many as there are processors
/// wait at once, and none for long, so that peers which do not read cannot take the thread pool.
/// </summary>
internal static partial class SocketRoom
{
    private const int WaitMsMax = 2;
    private const short PollOut = 0x0004;

    private static readonly Places Waiters = new(Environment.ProcessorCount);

    /// <returns>False when there is no room yet, or nobody else may wait this way now.</returns>
    public static bool TryWait(SafeSocketHandle socket)
    {
        if (!Waiters.TryTake()) return false;
        try
        {
            return Poll(socket);
        }
        finally
        {
            Waiters.GiveBack();
        }
    }

    private static bool Poll(SafeSocketHandle socket)
    {
        bool isHeld = false;
        try
        {
            socket.DangerousAddRef(ref isHeld);
            var entry = new PollEntry { Descriptor = (int)socket.DangerousGetHandle(), Events = PollOut };
            return PollNative(ref entry, 1, WaitMsMax) > 0;
        }
        finally
        {
            if (isHeld) socket.DangerousRelease();
        }
    }

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int PollNative(ref PollEntry entries, nuint count, int timeoutMs);

    /// <summary>The system's <c>struct pollfd</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short ReturnedEvents;
    }
}
