using BenchmarkDotNet.Attributes;
using Microsoft.Win32.SafeHandles;
using PerfLog.Records;
using PerfLog.Storage;

namespace PerfLog.Benchmarks.Storage;

/// <summary>
/// Reading one record at any offset of a log whose batches hold one each, beside one read of as many bytes at a place that is
/// known; and finding the first record at or after a time, beside the framework's search of as many plain integers.
/// </summary>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkDotNet.Configs.BenchmarkLogicalGroupRule.ByCategory)]
public class RandomReadBench
{
    private const int Records = 32 * 1024;
    private const int ValueBytes = 1024;
    private const int Lookups = 1024;
    private const string Reading = "read", Finding = "find";

    private readonly byte[] _value = new byte[ValueBytes];
    private readonly int[] _wanted = new int[Lookups];
    private readonly long[] _times = new long[Records];
    private OwnLog? _log;
    private SafeFileHandle? _file;

    [GlobalSetup]
    public void Fill()
    {
        _log = new OwnLog(new LogOptions { RetentionMs = -1 });
        for (int i = 0; i < Records; i++)
        {
            _times[i] = 1_000 + (10L * i);
            _log.Log.AppendAsync(OptionalBytes.Null, _value, Acknowledgement.Written, new TimestampMs(_times[i])).AsTask().GetAwaiter().GetResult();
        }

        _log.Log.Flush();
        _file = File.OpenHandle(Directory.GetFiles(_log.Folder, "*.log", SearchOption.AllDirectories).Single(), share: FileShare.ReadWrite);
        var random = new Random(1);
        for (int i = 0; i < Lookups; i++) _wanted[i] = random.Next(Records);
        if (SearchTimes() != FindTime()) throw new InvalidOperationException("The two searches differ.");
    }

    [GlobalCleanup]
    public void Close()
    {
        _file!.Dispose();
        _log!.Dispose();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Lookups), BenchmarkCategory(Reading)]
    public long ReadFromFile()
    {
        long bytes = 0;
        foreach (int index in _wanted) bytes += RandomAccess.Read(_file!, _value, (long)index * ValueBytes);
        return bytes;
    }

    [Benchmark(OperationsPerInvoke = Lookups), BenchmarkCategory(Reading)]
    public long ReadRecord()
    {
        long bytes = 0;
        foreach (int index in _wanted)
        {
            using RecordLogReader reader = _log!.Log.Read(new Offset(index));
            if (!reader.MoveNext() || reader.Current.Offset.Value != index) throw new InvalidOperationException("Another record was found.");
            bytes += reader.Current.Value.Span.Length;
        }

        return bytes;
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Lookups), BenchmarkCategory(Finding)]
    public long SearchTimes()
    {
        long sum = 0;
        foreach (int index in _wanted) sum += Array.BinarySearch(_times, _times[index]);
        return sum;
    }

    [Benchmark(OperationsPerInvoke = Lookups), BenchmarkCategory(Finding)]
    public long FindTime()
    {
        long sum = 0;
        foreach (int index in _wanted) sum += _log!.Log.Find(new TimestampMs(_times[index]))!.Value.Offset.Value;
        return sum;
    }
}
