using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using PerfLog.Storage;

namespace PerfLog.Benchmarks.Storage;

/// <summary>Compacting 32 MiB of records of which one in four stays, beside reading them all and writing a quarter.</summary>
[MemoryDiagnoser]
public class CompactionBench
{
    private const int LogBytes = 32 * 1024 * 1024;
    private const int ValueBytes = 256;
    private const int Records = LogBytes / ValueBytes;
    private const int Keys = Records / 4;
    private const int BlockBytes = 256 * 1024;
    private const int SegmentBytes = 8 * 1024 * 1024;

    private readonly byte[] _block = new byte[BlockBytes];
    private OwnLog? _log;

    [IterationSetup]
    public void Fill()
    {
        _log = new OwnLog(new LogOptions { CleanupPolicy = CleanupPolicies.Compact, MinCleanableDirtyRatio = 0 }, SegmentBytes);
        var random = new Random(1);
        byte[] key = new byte[sizeof(int)], value = new byte[ValueBytes];
        for (int i = 0; i < Records; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(key, random.Next(Keys));
            _log.Log.Append(key, value);
        }

        _log.Log.Flush();
    }

    [IterationCleanup]
    public void Remove() => _log!.Dispose();

    [Benchmark(Baseline = true)]
    public long ReadAndWriteQuarter()
    {
        long bytes = 0;
        using var output = File.OpenHandle(Path.Combine(_log!.Folder, "quarter"), FileMode.Create, FileAccess.Write);
        foreach (string path in Directory.GetFiles(_log!.Folder, "*.log", SearchOption.AllDirectories))
        {
            using var input = File.OpenHandle(path, share: FileShare.ReadWrite);
            int read;
            for (long position = 0; (read = RandomAccess.Read(input, _block, position)) > 0; position += read, bytes += read)
                RandomAccess.Write(output, _block.AsSpan(0, read / 4), bytes / 4);
        }

        RandomAccess.FlushToDisk(output);
        return bytes;
    }

    [Benchmark]
    public async Task<long> Compact()
    {
        CompactionResult? result = await _log!.Log.CompactAsync();
        return result?.RecordsRead ?? throw new InvalidOperationException("There was nothing to compact.");
    }
}
