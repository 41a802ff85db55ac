using PerfLog.Storage;
using PerfLog.Testing.Storage;

namespace PerfLog.Benchmarks.Engine;

/// <summary>The machine's device, with a count of the flushes of log files. Any thread.</summary>
internal sealed class CountingDevice(IStorageDevice inner) : ForwardingDevice(inner)
{
    private long _flushes;

    public long Flushes => Volatile.Read(ref _flushes);

    public override IStorageFile OpenFile(string path, FileOpening opening)
    {
        IStorageFile file = base.OpenFile(path, opening);
        return path.EndsWith(".log", StringComparison.Ordinal) ? new CountingFile(file, this) : file;
    }

    private sealed class CountingFile(IStorageFile ownedInner, CountingDevice owner) : ForwardingFile(ownedInner)
    {
        public override void Flush()
        {
            Interlocked.Increment(ref owner._flushes);
            base.Flush();
        }
    }
}
