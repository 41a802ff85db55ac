using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace PerfLog.Storage;

/// <summary>
/// Real files with io_uring where it pays: writes past the page cache, many under way at once, and flushes of many files in
/// one submission. Writes through the page cache are the <see cref="VectoredDevice"/>'s, because the kernel hands those of a
/// ring to a thread of its own, which doubles their price. Each window for direct writes has a ring; flushes share one.
/// </summary>
public sealed class IoUringDevice : VectoredDevice, IDisposable
{
    private const int FlushesMax = 64;

    private readonly Lock _gate = new();
    private readonly Ring _flushes;

    private IoUringDevice(DirectLayout layout, Ring ownedFlushes)
        : base(layout, usesRings: true) => _flushes = ownedFlushes;

    /// <inheritdoc/>
    public override string Name => "vectored writes, io_uring for direct writes and flushes";

    /// <summary>Makes the device, if the kernel allows io_uring.</summary>
    /// <param name="device">The device.</param>
    /// <param name="refusal">Why there is none.</param>
    public static bool TryCreate([NotNullWhen(true)] out IoUringDevice? device, [NotNullWhen(false)] out string? refusal) =>
        TryCreate(DirectLayout.Default, out device, out refusal);

    internal static bool TryCreate(
        DirectLayout layout, [NotNullWhen(true)] out IoUringDevice? device, [NotNullWhen(false)] out string? refusal)
    {
        device = Ring.TryCreate(FlushesMax, out Ring? ring, out refusal) ? new IoUringDevice(layout, ring) : null;
        return device is not null;
    }

    /// <inheritdoc/>
    public override void FlushFiles(IReadOnlyList<IStorageFile> files)
    {
        if (files.Count == 1)
        {
            files[0].Flush();
            return;
        }

        for (int i = 0; i < files.Count; i++) files[i].Settle();
        lock (_gate)
        {
            for (int i = 0; i < files.Count; i += FlushesMax) FlushGroup(files, i, Math.Min(FlushesMax, files.Count - i));
        }
    }

    /// <summary>Closes the ring. Files and directories of the device must be closed before.</summary>
    public void Dispose() => _flushes.Dispose();

    private void FlushGroup(IReadOnlyList<IStorageFile> files, int first, int count)
    {
        for (int i = first; i < first + count; i++)
            _flushes.QueueFlush((int)files[i].Handle!.DangerousGetHandle(), (ulong)i);
        _flushes.Submit(waitFor: count);
        IOException? failure = null;
        while (_flushes.TryTake(out RingCompletion completion))
        {
            if (completion.Result >= 0) continue;
            failure ??= new IOException($"{files[(int)completion.Tag].Path}: {Marshal.GetPInvokeErrorMessage(-completion.Result)}");
        }

        if (failure is not null) throw failure;
    }
}
