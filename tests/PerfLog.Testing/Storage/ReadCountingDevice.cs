using PerfLog.Storage;

namespace PerfLog.Testing.Storage;

/// <summary>A device that counts how often and how much log files are read.</summary>
public sealed class ReadCountingDevice(IStorageDevice inner) : ForwardingDevice(inner)
{
    private int _reads;
    private long _bytesRead;

    /// <summary>The reads of log files so far.</summary>
    public int Reads => Volatile.Read(ref _reads);

    /// <summary>The bytes that came of them.</summary>
    public long BytesRead => Volatile.Read(ref _bytesRead);

    /// <inheritdoc/>
    public override IStorageFile OpenFile(string path, FileOpening opening) => new CountedFile(this, base.OpenFile(path, opening));

    private sealed class CountedFile(ReadCountingDevice device, IStorageFile ownedInner) : ForwardingFile(ownedInner)
    {
        public override int Read(long position, Span<byte> destination)
        {
            int read = base.Read(position, destination);
            if (!Path.EndsWith(".log", StringComparison.Ordinal)) return read;
            Interlocked.Increment(ref device._reads);
            Interlocked.Add(ref device._bytesRead, read);
            return read;
        }
    }
}
