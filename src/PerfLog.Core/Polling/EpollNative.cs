using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace PerfLog.Polling;

/// <summary>Linux's calls for sockets that say when they are ready: epoll(7), recv(2), send(2), eventfd(2).</summary>
internal static unsafe partial class EpollNative
{
    public const uint Readable = 0x001;
    public const uint Writable = 0x004;
    public const uint Failed = 0x008;
    public const uint HungUp = 0x010;
    public const uint PeerFinished = 0x2000;
    public const uint OnEdge = 1u << 31;

    public const int InterruptedCall = 4;
    public const int TryAgain = 11;

    private const int CloseOnExec = 0x80000;
    private const int ControlAdd = 1;
    private const int DontWait = 0x40;
    private const int NoSignal = 0x4000;

    /// <summary>On x86 the kernel packs <c>struct epoll_event</c>: the data follow the events without a gap.</summary>
    public static readonly int EventBytes = IsPacked ? 12 : 16;

    /// <summary>Where the data lie in an event.</summary>
    public static readonly int DataAt = IsPacked ? 4 : 8;

    private static bool IsPacked => RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86;

    public static int Create() => Checked(CreateEpoll(CloseOnExec));

    public static int CreateWakeUp() => Checked(CreateEventFd(0, CloseOnExec));

    public static void Add(int epoll, SafeHandle descriptor, uint events, ulong data)
    {
        bool isHeld = false;
        try
        {
            descriptor.DangerousAddRef(ref isHeld);
            Add(epoll, (int)descriptor.DangerousGetHandle(), events, data);
        }
        finally
        {
            if (isHeld) descriptor.DangerousRelease();
        }
    }

    public static void Add(int epoll, int descriptor, uint events, ulong data)
    {
        byte* entry = stackalloc byte[16];
        *(uint*)entry = events;
        *(ulong*)(entry + DataAt) = data;
        Checked(Control(epoll, ControlAdd, descriptor, entry));
    }

    /// <returns>The number of events, 0 when the time is over.</returns>
    public static int Wait(int epoll, byte* events, int eventsMax, int timeoutMs)
    {
        int count = WaitForEvents(epoll, events, eventsMax, timeoutMs);
        bool isInterrupted = count < 0 && Marshal.GetLastPInvokeError() == InterruptedCall;
        return isInterrupted ? 0 : Checked(count);
    }

    /// <summary>Makes whoever waits for the descriptor see it.</summary>
    public static void WakeUp(int eventFd)
    {
        ulong one = 1;
        Checked((int)Write(eventFd, &one, sizeof(ulong)));
    }

    /// <returns>The bytes, 0 at the stream's end, -1 when none are there now.</returns>
    public static int TryReceive(SafeSocketHandle socket, Span<byte> room)
    {
        fixed (byte* bytes = room)
        {
            while (true)
            {
                nint received = Receive(socket, bytes, (nuint)room.Length, DontWait);
                if (received >= 0) return (int)received;
                if (IsForLater()) return -1;
            }
        }
    }

    /// <returns>The bytes that the socket took; -1 when it takes none now.</returns>
    public static int TrySend(SafeSocketHandle socket, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            while (true)
            {
                nint sent = Send(socket, first, (nuint)bytes.Length, DontWait | NoSignal);
                if (sent >= 0) return (int)sent;
                if (IsForLater()) return -1;
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    /// <returns>False when the call was merely interrupted.</returns>
    /// <exception cref="SocketException">The call failed.</exception>
    private static bool IsForLater()
    {
        int error = Marshal.GetLastPInvokeError();
        if (error == TryAgain) return true;
        return error == InterruptedCall ? false : throw new SocketException(error);
    }

    private static int Checked(int result) =>
        result >= 0 ? result : throw new SocketException(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int CreateEpoll(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int Control(int epoll, int operation, int descriptor, byte* entry);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int WaitForEvents(int epoll, byte* events, int eventsMax, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int CreateEventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, void* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(SafeSocketHandle socket, byte* bytes, nuint count, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(SafeSocketHandle socket, byte* bytes, nuint count, int flags);
}
