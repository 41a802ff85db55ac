using Microsoft.Win32.SafeHandles;
using PerfLog.Storage;

namespace PerfLog.Testing.Storage;

/// <summary>A device whose flushes of log files a test holds and releases, and which counts them.</summary>
public sealed class GatedDevice(IStorageDevice inner) : ForwardingDevice(inner)
{
    private readonly ManualResetEventSlim _open = new(initialState: true);
    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _flushes;

    /// <summary>The flushes of log files that ended.</summary>
    public int Flushes => Volatile.Read(ref _flushes);

    /// <summary>Completes when the first flush has come to the closed gate.</summary>
    public Task FlushArrived => _arrived.Task;

    /// <summary>Closes the gate.</summary>
    public void HoldFlushes() => _open.Reset();

    /// <summary>Opens the gate.</summary>
    public void ReleaseFlushes() => _open.Set();

    /// <inheritdoc/>
    public override IStorageFile OpenFile(string path, FileOpening opening) => new GatedFile(this, base.OpenFile(path, opening));

    private sealed class GatedFile(GatedDevice device, IStorageFile inner) : IStorageFile
    {
        public string Path => inner.Path;

        public SafeFileHandle? Handle => inner.Handle;

        public long Length => inner.Length;

        public int Read(long position, Span<byte> destination) => inner.Read(position, destination);

        public void Write(long position, ReadOnlySpan<byte> bytes) => inner.Write(position, bytes);

        public void WriteGathered(long position, IReadOnlyList<ReadOnlyMemory<byte>> pieces) => inner.WriteGathered(position, pieces);

        public void SetLength(long length) => inner.SetLength(length);

        public void Preallocate(long length) => inner.Preallocate(length);

        public void Flush()
        {
            bool isLog = inner.Path.EndsWith(".log", StringComparison.Ordinal);
            if (isLog && !device._open.IsSet) device._arrived.TrySetResult();
            if (isLog) device._open.Wait();
            inner.Flush();
            if (isLog) Interlocked.Increment(ref device._flushes);
        }

        public void Dispose() => inner.Dispose();
    }
}
