using BenchmarkDotNet.Attributes;
using Microsoft.Win32.SafeHandles;
using PerfLog.Records;
using PerfLog.Storage;

namespace PerfLog.Benchmarks.Storage;

/// <summary>
/// Records of 1 KiB that are acknowledged when they are on the disk, appended by as many producers at once, beside one bare
/// loop of write and fdatasync. A time is that of one append: the whole time by the number of appends.
/// </summary>
[MemoryDiagnoser]
public class DurableAppendBench
{
    private const int Appends = 256;
    private const int ValueBytes = 1024;
    private const int FileBytes = 16 * 1024 * 1024;

    private readonly byte[] _value = new byte[ValueBytes];
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"perflog-bench-{Environment.ProcessId}.durable");
    private OwnLog? _log;
    private SafeFileHandle? _file;
    private long _filePosition;

    [Params(1, 16, 64)]
    public int Producers { get; set; }

    [GlobalSetup]
    public void Open()
    {
        _log = new OwnLog(new LogOptions { Preallocate = true });
        _file = File.OpenHandle(_path, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.DeleteOnClose);
        for (int written = 0; written < FileBytes; written += ValueBytes) RandomAccess.Write(_file, _value, written);
        RandomAccess.FlushToDisk(_file);
    }

    [GlobalCleanup]
    public void Close()
    {
        _log!.Dispose();
        _file!.Dispose();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Appends)]
    public void WriteAndFlush()
    {
        for (int i = 0; i < Appends; i++)
        {
            RandomAccess.Write(_file!, _value, _filePosition);
            RandomAccess.FlushToDisk(_file!);
            _filePosition = (_filePosition + ValueBytes) % FileBytes;
        }
    }

    [Benchmark(OperationsPerInvoke = Appends)]
    public async Task Append()
    {
        await Task.WhenAll(Enumerable.Range(0, Producers).Select(_ => ProduceAsync()));
        _log!.DropFullSegments();
    }

    private async Task ProduceAsync()
    {
        await Task.Yield();
        for (int i = 0; i < Appends / Producers; i++)
            await _log!.Log.AppendAsync(OptionalBytes.Null, _value, Acknowledgement.Flushed);
    }
}
