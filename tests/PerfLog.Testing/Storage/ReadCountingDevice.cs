using PerfLog.Storage;

namespace PerfLog.Testing.Storage;

/// <summary>A device that counts how often log files are read.</summary>
public sealed class ReadCountingDevice(IStorageDevice inner) : ForwardingDevice(inner)
{
    private int _reads;

    /// <summary>The reads of log files so far.</summary>
    public int Reads => Volatile.Read(ref _reads);

    /// <inheritdoc/>
    public override IStorageFile OpenFile(string path, FileOpening opening) => new CountedFile(this, base.OpenFile(path, opening));

    private sealed class CountedFile(ReadCountingDevice device, IStorageFile ownedInner) : ForwardingFile(ownedInner)
    {
        public override int Read(long position, Span<byte> destination)
        {
            if (Path.EndsWith(".log", StringComparison.Ordinal)) Interlocked.Increment(ref device._reads);
            return base.Read(position, destination);
        }
    }
}
