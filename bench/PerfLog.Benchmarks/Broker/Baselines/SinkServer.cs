using System.Buffers.Binary;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace PerfLog.Benchmarks.Broker.Baselines;

/// <summary>
/// Reads frames, writes each to a file that was laid out beforehand, and answers each with a few bytes: the least that a
/// server must do to keep what it is sent. Every connection starts a new file, as large as asked for.
/// </summary>
internal sealed class SinkServer(string path, long fileBytes)
{
    private const int LengthBytes = sizeof(int);
    private const int BlockBytes = 1024 * 1024;
    private const int AnswerBytes = 50;   // about what a broker answers to a produce request

    private readonly byte[] _block = GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true);
    private readonly byte[] _answer = AnswerFrame();

    public async Task ServeAsync(Socket client)
    {
        using SafeFileHandle file = File.OpenHandle(
            path, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.DeleteOnClose, fileBytes);
        long position = 0;
        int held = 0;
        while (true)
        {
            // Up to the frame's end and the next one's length, so that no byte has to be moved but that length.
            int frameBytes = held < LengthBytes
                ? LengthBytes : LengthBytes + BinaryPrimitives.ReadInt32BigEndian(_block);
            if (held >= LengthBytes && held >= frameBytes)
            {
                RandomAccess.Write(file, _block.AsSpan(0, frameBytes), position);
                position += frameBytes;
                held -= frameBytes;
                _block.AsSpan(frameBytes, held).CopyTo(_block);
                await client.SendAsync(_answer);
                continue;
            }

            int received = await client.ReceiveAsync(_block.AsMemory(held, frameBytes - held + LengthBytes));
            if (received == 0) return;
            held += received;
        }
    }

    private static byte[] AnswerFrame()
    {
        byte[] frame = new byte[LengthBytes + AnswerBytes];
        BinaryPrimitives.WriteInt32BigEndian(frame, AnswerBytes);
        return frame;
    }
}
