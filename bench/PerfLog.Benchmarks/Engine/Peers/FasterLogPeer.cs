using System.Numerics;
using FASTER.core;

namespace PerfLog.Benchmarks.Engine.Peers;

/// <summary>
/// Microsoft's FasterLog, with memory for the whole round that it has used once already, so that an append never waits for the disk or for new memory, and
/// files laid out beforehand. Its own device opens files for synchronous writes, so that what it commits is on the disk; how fast it
/// comes to the page cache is measured with a device for that.
/// </summary>
internal static class FasterLogPeer
{
    private const int PageBits = 22;

    // Length and checksum, and what aligns the entry.
    private const int EntryBytesMax = 24;
    private const int SegmentBits = 30;
    private const int WarmEntryBytes = 64 * 1024;

    /// <summary>To its memory, and to the disk.</summary>
    public static RecordRound Append(string path, byte[] record, int records, bool hasChecksum)
    {
        int memoryBits = MemoryBits(record.Length, records);
        using IDevice device = Devices.CreateLogDevice(path, preallocateFile: true, deleteOnClose: true);
        using FasterLogSettings settings = Settings(device, hasChecksum, memoryBits);
        using var log = new FasterLog(settings);
        UseMemoryOnce(log, memoryBits);
        return RecordRound.Of((long)record.Length * records, () => Enqueue(log, record, records), () => log.Commit(spinWait: true));
    }

    /// <summary>To the page cache, and from there to the disk.</summary>
    public static RecordRound Write(string path, byte[] record, int records, bool hasChecksum)
    {
        int memoryBits = MemoryBits(record.Length, records);
        using var device = new PageCacheDevice(path, 1L << SegmentBits);
        using FasterLogSettings settings = Settings(device, hasChecksum, memoryBits);
        using var log = new FasterLog(settings);
        UseMemoryOnce(log, memoryBits);
        device.Flush();
        return RecordRound.Of(
            (long)record.Length * records,
            () =>
            {
                Enqueue(log, record, records);
                log.Commit(spinWait: true);
            },
            device.Flush);
    }

    private static FasterLogSettings Settings(IDevice device, bool hasChecksum, int memoryBits) => new()
    {
        LogDevice = device,
        LogChecksum = hasChecksum ? LogChecksumType.PerEntry : LogChecksumType.None,
        PageSizeBits = PageBits,
        MemorySizeBits = memoryBits,
        SegmentSizeBits = SegmentBits,
        TryRecoverLatest = false,
    };

    // With what it adds to each entry and a page or two that it keeps free.
    private static int MemoryBits(int recordBytes, int records) =>
        BitOperations.Log2(BitOperations.RoundUpToPowerOf2((ulong)(recordBytes + EntryBytesMax) * (ulong)records + (4UL << PageBits)));

    private static void Enqueue(FasterLog log, byte[] record, int records)
    {
        for (int i = 0; i < records; i++) log.Enqueue((ReadOnlySpan<byte>)record);
    }

    // It takes each page of its memory from the system when it comes there first. Afterwards it goes round in them, as it does in
    // a program that runs for longer than a round.
    private static void UseMemoryOnce(FasterLog log, int memoryBits)
    {
        byte[] entry = new byte[WarmEntryBytes];
        for (long bytes = 0; bytes < 1L << memoryBits; bytes += entry.Length) log.Enqueue(entry);
        log.Commit(spinWait: true);
    }
}
