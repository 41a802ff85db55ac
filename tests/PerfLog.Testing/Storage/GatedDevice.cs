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

    private sealed class GatedFile(GatedDevice device, IStorageFile ownedInner) : ForwardingFile(ownedInner)
    {
        public override void Flush()
        {
            bool isLog = Path.EndsWith(".log", StringComparison.Ordinal);
            if (isLog && !device._open.IsSet) device._arrived.TrySetResult();
            if (isLog) device._open.Wait();
            base.Flush();
            if (isLog) Interlocked.Increment(ref device._flushes);
        }
    }
}
