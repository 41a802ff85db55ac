using System.Net;
using Microsoft.Win32.SafeHandles;

namespace PerfLog.Polling;

/// <summary>
/// The socket of one connection. One receive and one send may be under way at a time, from different threads; disposing, from any
/// thread, ends both. A peer that is gone is a <see cref="System.Net.Sockets.SocketException"/>, a disposed socket an
/// <see cref="ObjectDisposedException"/>.
/// </summary>
internal interface IConnectionSocket : IDisposable
{
    EndPoint? RemoteEndPoint { get; }

    /// <returns>The bytes received; 0 at the end of the stream.</returns>
    ValueTask<int> ReceiveAsync(Memory<byte> room);

    /// <summary>Sends all of it.</summary>
    ValueTask SendAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Sends from a file's page cache, as much as the socket takes.</summary>
    /// <returns>The bytes sent; 0 when they must be sent from memory instead, or the file ends here.</returns>
    ValueTask<int> SendFileAsync(SafeFileHandle file, long position, int bytes);
}
