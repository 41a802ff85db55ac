using BenchmarkDotNet.Attributes;
using PerfLog.Hashing;
using PerfLog.Records;

namespace PerfLog.Benchmarks.Records;

/// <summary>Building a batch of about 64 KiB, beside the least that it takes: the values' copying and the checksum.</summary>
[MemoryDiagnoser]
public class BatchBuildBench
{
    private const int BatchBytes = 64 * 1024;

    private readonly byte[] _copy = new byte[BatchBytes];
    private readonly RecordBatchBuilder _builder = new(2 * BatchBytes);
    private byte[] _value = [];
    private int _records;

    [Params(100, 1024)]
    public int ValueBytes { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _value = new byte[ValueBytes];
        new Random(1).NextBytes(_value);
        _records = BatchBytes / ValueBytes;
    }

    [Benchmark(Baseline = true)]
    public uint CopyAndChecksum()
    {
        for (int index = 0; index < _records; index++) _value.CopyTo(_copy, index * ValueBytes);
        return Crc32C.Compute(_copy.AsSpan(0, _records * ValueBytes));
    }

    [Benchmark]
    public int Build()
    {
        _builder.Begin(new BatchProperties());
        for (int index = 0; index < _records; index++)
        {
            if (!_builder.TryAppend(new TimestampMs(index), OptionalBytes.Null, _value))
                throw new InvalidOperationException("The batch is full.");
        }

        return _builder.Build().Length;
    }
}
