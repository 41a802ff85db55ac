using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PerfLog.Polling;

/// <summary>Linux's sendfile(2): bytes go from the page cache to a socket without passing through the process.</summary>
internal static partial class SendFile
{
    public static bool IsSupported => OperatingSystem.IsLinux();

    /// <summary>Sends what the socket takes at once.</summary>
    /// <returns>The bytes sent; 0 when the file ends here, -1 when the socket is full.</returns>
    /// <exception cref="SocketException">The peer is gone or the file cannot be read.</exception>
    public static int TrySend(SafeSocketHandle socket, SafeFileHandle file, long position, int bytes)
    {
        while (true)
        {
            long offset = position;
            nint sent = SendFileNative(socket, file, ref offset, (nuint)bytes);
            if (sent >= 0) return (int)sent;
            int error = Marshal.GetLastPInvokeError();
            if (error == EpollNative.TryAgain) return -1;
            if (error != EpollNative.InterruptedCall) throw new SocketException(error);
        }
    }

    [LibraryImport("libc", EntryPoint = "sendfile", SetLastError = true)]
    private static partial nint SendFileNative(SafeSocketHandle socket, SafeFileHandle file, ref long offset, nuint count);
}
