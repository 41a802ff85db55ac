using FASTER.core;

namespace PerfLog.Benchmarks.Engine.Peers;

/// <summary>
/// Microsoft's FasterLog, with memory for the whole round, so that an append never waits for the disk, and files laid out
/// beforehand. It tells no point between "in memory" and "on the disk": its device opens files for synchronous writes.
/// </summary>
internal static class FasterLogPeer
{
    private const int PageBits = 22;
    private const int MemoryBits = 29;
    private const int SegmentBits = 30;

    public static RecordRound Append(string path, byte[] record, int records, bool hasChecksum)
    {
        TouchMemory();
        GC.Collect();
        using IDevice device = Devices.CreateLogDevice(path, preallocateFile: true, deleteOnClose: true);
        using var settings = new FasterLogSettings
        {
            LogDevice = device,
            LogChecksum = hasChecksum ? LogChecksumType.PerEntry : LogChecksumType.None,
            PageSizeBits = PageBits,
            MemorySizeBits = MemoryBits,
            SegmentSizeBits = SegmentBits,
            TryRecoverLatest = false,
        };
        using var log = new FasterLog(settings);
        log.Enqueue(record);
        log.Commit(spinWait: true);
        return RecordRound.Of(
            (long)record.Length * records,
            () =>
            {
                for (int i = 0; i < records; i++) log.Enqueue((ReadOnlySpan<byte>)record);
            },
            () => log.Commit(spinWait: true));
    }

    // Its pages come from the managed heap. Whoever is first to take them there would pay for fetching them from the system.
    private static void TouchMemory()
    {
        var pages = new byte[1 << (MemoryBits - PageBits)][];
        for (int i = 0; i < pages.Length; i++)
        {
            pages[i] = GC.AllocateUninitializedArray<byte>((1 << PageBits) + Environment.SystemPageSize);
            pages[i].AsSpan().Fill(1);
        }
    }
}
