using BenchmarkDotNet.Attributes;
using PerfLog.Records;

namespace PerfLog.Benchmarks.Storage;

/// <summary>Reading 48 MiB of cached records from first to last, beside copying as many bytes 64 KiB at a time. A time is that of all of it.</summary>
[MemoryDiagnoser]
public class SequentialReadBench
{
    private const int LogBytes = 48 * 1024 * 1024;
    private const int CopyBytes = 64 * 1024;

    private readonly byte[] _to = new byte[CopyBytes];
    private byte[] _from = [];
    private OwnLog? _log;

    [Params(100, 1024)]
    public int ValueBytes { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _from = new byte[LogBytes];
        _from.AsSpan().Fill(1);
        _log = new OwnLog();
        _log.Fill(ValueBytes, LogBytes);
        if (Read() != Checked()) throw new InvalidOperationException("The two reads differ.");
    }

    [GlobalCleanup]
    public void Close() => _log!.Dispose();

    [Benchmark(Baseline = true)]
    public void Copy()
    {
        for (int position = 0; position < LogBytes; position += CopyBytes) _from.AsSpan(position, CopyBytes).CopyTo(_to);
    }

    [Benchmark]
    public long Read() => Sum(checksCrc: false);

    [Benchmark]
    public long Checked() => Sum(checksCrc: true);

    private long Sum(bool checksCrc)
    {
        long bytes = 0;
        foreach (RecordView record in _log!.Log.Read(Offset.Zero, checksCrc)) bytes += record.Value.Span.Length;
        return bytes;
    }
}
