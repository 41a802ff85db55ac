using BenchmarkDotNet.Attributes;
using Microsoft.Win32.SafeHandles;
using PerfLog.Benchmarks.Broker.Frames;
using PerfLog.Storage;

namespace PerfLog.Benchmarks.Storage;

/// <summary>
/// Finding the file region that answers a fetch from any offset, beside one read of a batch's header at a place that is
/// known: what a search that has to look into the file once cannot beat.
/// </summary>
[MemoryDiagnoser]
public class PartitionLogReadBench
{
    private const int LogBytes = 64 * 1024 * 1024;
    private const int Lookups = 1024;
    private const int FetchBytes = 1024 * 1024;
    private const int HeaderBytes = 61;

    private readonly int[] _wanted = new int[Lookups];
    private DiskLog? _log;
    private SafeFileHandle? _file;

    [Params(1024, 64 * 1024)]
    public int BatchBytes { get; set; }

    [GlobalSetup]
    public async Task Fill()
    {
        byte[] batch = PlainBatch.OfBytes(1, BatchBytes);
        int batches = LogBytes / batch.Length;
        _log = new DiskLog(LogOptions.Default);
        for (int index = 0; index < batches; index++) await _log.AppendAsync(batch);
        _file = File.OpenHandle(SegmentPath(), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var random = new Random(1);
        for (int index = 0; index < Lookups; index++) _wanted[index] = random.Next(batches);
    }

    [GlobalCleanup]
    public void Close()
    {
        _file!.Dispose();
        _log!.Dispose();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Lookups)]
    public long ReadHeader()
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        long bytes = 0;
        foreach (int index in _wanted) bytes += RandomAccess.Read(_file!, header, (long)index * BatchBytes);
        return bytes;
    }

    [Benchmark(OperationsPerInvoke = Lookups)]
    public long Read()
    {
        PartitionLog log = _log!.Log;
        long bytes = 0;
        foreach (int index in _wanted)
        {
            LogReadResult result = log.Read(new Offset(index), FetchBytes, log.EndOffset, atLeastOneBatch: true);
            if (result.Region.IsEmpty) throw new InvalidOperationException("The log found nothing.");
            bytes += result.Region.Length;
            result.Region.Release();
        }

        return bytes;
    }

    private string SegmentPath()
    {
        FileRegion region = _log!.Log.Read(Offset.Zero, 1, _log.Log.EndOffset, atLeastOneBatch: true).Region;
        string path = region.File!.Path;
        region.Release();
        return path;
    }
}
