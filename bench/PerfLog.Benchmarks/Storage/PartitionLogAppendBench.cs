using BenchmarkDotNet.Attributes;
using Microsoft.Win32.SafeHandles;
using PerfLog.Benchmarks.Broker.Frames;
using PerfLog.Storage;

namespace PerfLog.Benchmarks.Storage;

/// <summary>
/// Appending batches to a log on disk, beside writing their bytes to a growing file. Both go on to a new file now and then
/// and remove old ones, since nobody knows how many appends a measurement takes.
/// </summary>
[MemoryDiagnoser]
public class PartitionLogAppendBench
{
    private const int FileBytesMax = 64 * 1024 * 1024;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"perflog-bench-{Environment.ProcessId}.raw");
    private byte[] _batch = [];
    private DiskLog? _log;
    private SafeFileHandle? _file;
    private long _fileBytes;
    private long _logBytes;

    [Params(1024, 64 * 1024)]
    public int BatchBytes { get; set; }

    [GlobalSetup]
    public void Open()
    {
        _batch = PlainBatch.OfBytes(1, BatchBytes);
        _log = new DiskLog(new LogOptions
        {
            SegmentBytes = FileBytesMax, RetentionBytes = FileBytesMax, FileDeleteDelayMs = 0,
        });
        OpenFile();
    }

    [GlobalCleanup]
    public void Close()
    {
        _log!.Dispose();
        _file!.Dispose();
    }

    [Benchmark(Baseline = true)]
    public void WriteToFile()
    {
        RandomAccess.Write(_file!, _batch, _fileBytes);
        _fileBytes += _batch.Length;
        if (_fileBytes >= FileBytesMax) OpenFile();
    }

    [Benchmark]
    public async ValueTask Append()
    {
        await _log!.AppendAsync(_batch);
        _logBytes += _batch.Length;
        if (_logBytes < FileBytesMax) return;
        _logBytes = 0;
        _log.DeleteOldSegments();
    }

    private void OpenFile()
    {
        _file?.Dispose();
        _file = File.OpenHandle(_path, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.DeleteOnClose);
        _fileBytes = 0;
    }
}
