using Microsoft.Win32.SafeHandles;
using PerfLog.Storage;

namespace PerfLog.Testing.Storage;

/// <summary>An open file of the <see cref="FaultyDevice"/>. It dies with the crash after which it was opened.</summary>
internal sealed class FaultyFile(FaultyDevice device, FaultyNode node, string path) : IStorageFile
{
    private readonly int _generation = device.Generation;

    public string Path => path;

    public SafeFileHandle? Handle => null;

    public long Length => node.Content.Length;

    private bool IsDead => _generation != device.Generation;

    public int Read(long position, Span<byte> destination)
    {
        byte[] content = node.Content;
        int wanted = (int)Math.Clamp(content.Length - position, 0, destination.Length);
        content.AsSpan((int)Math.Min(position, content.Length), wanted).CopyTo(destination);
        return wanted;
    }

    public void Write(long position, ReadOnlySpan<byte> bytes)
    {
        if (IsDead) return;
        device.BeforeWrite(path, bytes.Length);
        lock (device.Gate)
        {
            node.Write(position, bytes);
            node.LastWriteTime = device.Now;
        }
    }

    public void WriteGathered(long position, IReadOnlyList<ReadOnlyMemory<byte>> pieces)
    {
        foreach (ReadOnlyMemory<byte> piece in pieces)
        {
            Write(position, piece.Span);
            position += piece.Length;
        }
    }

    public void SetLength(long length)
    {
        if (IsDead) return;
        device.BeforeChange(path);
        lock (device.Gate) node.SetLength(length);
    }

    public void Preallocate(long length)
    {
    }

    public void Flush()
    {
        if (IsDead) return;
        device.BeforeFlush(path);
        lock (device.Gate)
        {
            if (!device.LosesFlush(path)) node.Flush();
        }
    }

    public void Dispose()
    {
    }
}
