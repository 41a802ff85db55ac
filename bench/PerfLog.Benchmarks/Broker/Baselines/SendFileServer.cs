using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PerfLog.Benchmarks.Broker.Baselines;

/// <summary>
/// Answers "offset, length" (8 + 4 bytes) with that part of a file by sendfile(2), on a blocking socket and a thread that
/// belongs to the connection: the least that sending what lies in a file can cost.
/// </summary>
internal static partial class SendFileServer
{
    public const int RequestBytes = sizeof(long) + sizeof(int);

    public static Task ServeAsync(Socket client, string path)
    {
        Serve(client, path);
        return Task.CompletedTask;
    }

    private static void Serve(Socket client, string path)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> request = stackalloc byte[RequestBytes];
        while (TryReceive(client, request))
        {
            long offset = BinaryPrimitives.ReadInt64BigEndian(request);
            int length = BinaryPrimitives.ReadInt32BigEndian(request[sizeof(long)..]);
            while (length > 0) length -= SendFile(client.SafeHandle, file, ref offset, length);
        }
    }

    private static bool TryReceive(Socket client, Span<byte> request)
    {
        while (!request.IsEmpty)
        {
            int received = client.Receive(request);
            if (received == 0) return false;
            request = request[received..];
        }

        return true;
    }

    private static int SendFile(SafeSocketHandle socket, SafeFileHandle file, ref long offset, int bytes)
    {
        nint sent = SendFileNative(socket, file, ref offset, (nuint)bytes);
        if (sent > 0) return (int)sent;
        throw new IOException(sent == 0 ? "The file ends here." : $"sendfile failed with {Marshal.GetLastPInvokeError()}.");
    }

    [LibraryImport("libc", EntryPoint = "sendfile", SetLastError = true)]
    private static partial nint SendFileNative(SafeSocketHandle socket, SafeFileHandle file, ref long offset, nuint count);
}
