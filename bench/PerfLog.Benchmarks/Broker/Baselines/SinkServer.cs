using System.Buffers.Binary;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace PerfLog.Benchmarks.Broker.Baselines;

/// <summary>
/// Reads frames, writes each to a file that was laid out beforehand, and answers each with a few bytes: the least that a
/// server must do to keep what it is sent. Every connection starts a new file, as large as asked for, and begins it
/// again when it is full.
/// </summary>
internal sealed class SinkServer(string path, long fileBytes)
{
    private const int LengthBytes = sizeof(int);
    private const int BlockBytes = 256 * 1024;
    private const int AnswerBytes = LengthBytes + 50;   // about what a broker answers to a produce request
    private const int AnswersMax = 8 * 1024;

    private readonly byte[] _block = GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true);
    private readonly byte[] _answers = EqualAnswers();
    private long _position;
    private int _files;
    private int _held;

    public async Task ServeAsync(Socket client)
    {
        // Kept, as a broker keeps its log: the pages of a file that is deleted would come back warm to the next round.
        using SafeFileHandle file = File.OpenHandle(
            $"{path}.{_files++}", FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.None, fileBytes);
        _position = 0;
        _held = 0;
        while (await client.ReceiveAsync(_block.AsMemory(_held)) is int received and > 0)
        {
            _held += received;
            int frames = WriteFrames(file);
            if (frames > 0) await client.SendAsync(_answers.AsMemory(0, frames * AnswerBytes));
        }
    }

    /// <returns>The number of whole frames that were there.</returns>
    private int WriteFrames(SafeFileHandle file)
    {
        int frames = 0;
        int start = 0;
        while (frames < AnswersMax && TryFrame(_block.AsSpan(start, _held - start), out int frameBytes))
        {
            if (_position + frameBytes > fileBytes) _position = 0;
            RandomAccess.Write(file, _block.AsSpan(start, frameBytes), _position);
            _position += frameBytes;
            start += frameBytes;
            frames++;
        }

        _held -= start;
        _block.AsSpan(start, _held).CopyTo(_block);
        return frames;
    }

    private static bool TryFrame(ReadOnlySpan<byte> bytes, out int frameBytes)
    {
        frameBytes = bytes.Length < LengthBytes ? int.MaxValue : LengthBytes + BinaryPrimitives.ReadInt32BigEndian(bytes);
        return frameBytes <= bytes.Length;
    }

    private static byte[] EqualAnswers()
    {
        byte[] answers = new byte[AnswersMax * AnswerBytes];
        for (int at = 0; at < answers.Length; at += AnswerBytes)
        {
            BinaryPrimitives.WriteInt32BigEndian(answers.AsSpan(at), AnswerBytes - LengthBytes);
        }

        return answers;
    }
}
