using Microsoft.Win32.SafeHandles;
using PerfLog.Records;
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
        if (device.ForgesChecksums && path.EndsWith(".log", StringComparison.Ordinal)) Forge(destination[..wanted]);
        return wanted;
    }

    public void Write(long position, ReadOnlySpan<byte> bytes)
    {
        if (IsDead) return;
        int fitting = device.BeforeWrite(path, bytes.Length);
        lock (device.Gate)
        {
            if (IsDead) return;
            node.Write(position, bytes[..fitting]);
            node.LastWriteTime = device.Now;
        }

        if (fitting < bytes.Length) throw new IOException($"{path}: no space left on device (injected)");
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
        lock (device.Gate)
        {
            if (!IsDead) node.SetLength(length);
        }
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
            if (!IsDead && !device.LosesFlush(path)) node.Flush();
        }
    }

    public void Dispose()
    {
    }

    // Reads for checking start with a batch, and have all of it.
    private static void Forge(Span<byte> read)
    {
        while (read.Length >= RecordBatchLayout.HeaderBytes)
        {
            RecordBatchView header = new(read);
            if (header.Magic != RecordBatchLayout.CurrentMagic || header.SizeBytes < RecordBatchLayout.HeaderBytes || header.SizeBytes > read.Length) return;
            int size = header.SizeBytes;
            RecordBatchFields.WriteCrc(read[..size]);
            read = read[size..];
        }
    }
}
