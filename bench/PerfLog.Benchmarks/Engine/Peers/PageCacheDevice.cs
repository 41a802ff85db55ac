using System.Collections.Concurrent;
using FASTER.core;
using Microsoft.Win32.SafeHandles;

namespace PerfLog.Benchmarks.Engine.Peers;

/// <summary>
/// A device of FasterLog's whose writes are done when they are in the page cache, into files laid out beforehand; its own ones on Linux write to
/// the disk. With it FasterLog is measured to the point that PerfLog calls written. Files go when it is disposed. It reads nothing.
/// </summary>
internal sealed class PageCacheDevice(string path, long segmentBytes) : StorageDeviceBase(path, SectorBytes, Devices.CAPACITY_UNSPECIFIED)
{
    private const uint SectorBytes = 512;
    private const uint Succeeded = 0;

    // The page cache takes single writes of some mebibytes much more slowly.
    private const int PieceBytes = 256 * 1024;

    private readonly ConcurrentDictionary<int, SafeFileHandle> _segments = new();

    /// <summary>Brings what was written to the disk.</summary>
    public void Flush()
    {
        foreach (SafeFileHandle segment in _segments.Values) RandomAccess.FlushToDisk(segment);
    }

    public override void WriteAsync(
        IntPtr sourceAddress, int segmentId, ulong destinationAddress, uint numBytesToWrite, DeviceIOCompletionCallback callback, object context)
    {
        SafeFileHandle segment = _segments.GetOrAdd(segmentId, Create);
        ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                Write(segment, sourceAddress, (int)numBytesToWrite, (long)destinationAddress);
                callback(Succeeded, numBytesToWrite, context);
            },
            null);
    }

    public override void ReadAsync(
        int segmentId, ulong sourceAddress, IntPtr destinationAddress, uint readLength, DeviceIOCompletionCallback callback, object context) =>
        throw new NotSupportedException("Nothing is read in a measurement of appends.");

    public override void RemoveSegmentAsync(int segment, AsyncCallback callback, IAsyncResult result) => callback(result);

    public override void Dispose()
    {
        foreach (SafeFileHandle segment in _segments.Values) segment.Dispose();
    }

    private static unsafe void Write(SafeFileHandle segment, IntPtr bytes, int count, long position)
    {
        var rest = new ReadOnlySpan<byte>((void*)bytes, count);
        for (; !rest.IsEmpty; rest = rest[Math.Min(rest.Length, PieceBytes)..])
            RandomAccess.Write(segment, rest[..Math.Min(rest.Length, PieceBytes)], position + count - rest.Length);
    }

    private SafeFileHandle Create(int segment) => File.OpenHandle(
        $"{FileName}.{segment}", FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.DeleteOnClose, segmentBytes);
}
