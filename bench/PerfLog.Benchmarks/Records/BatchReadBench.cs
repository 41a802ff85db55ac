using BenchmarkDotNet.Attributes;
using PerfLog.Benchmarks.Broker.Frames;
using PerfLog.Hashing;
using PerfLog.Records;

namespace PerfLog.Benchmarks.Records;

/// <summary>
/// What a broker does to each batch it takes in, and a consumer to each it gets, beside the checksum of the same bytes,
/// which neither can leave out.
/// </summary>
[MemoryDiagnoser]
public class BatchReadBench
{
    private const int BatchBytes = 64 * 1024;

    private readonly ProduceRules _rules = new();
    private byte[] _batch = [];

    [Params(64, 512)]
    public int Records { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _batch = PlainBatch.OfBytes(Records, BatchBytes);
        if (Validate() != Records || Walk() != (long)Records * (Records - 1) / 2)
            throw new InvalidOperationException("The batch is not what was built.");
    }

    [Benchmark(Baseline = true)]
    public uint Checksum() => Crc32C.Compute(_batch);

    [Benchmark]
    public int Validate()
    {
        BatchValidation validation = RecordBatchValidator.Validate(_batch, _rules);
        return validation.IsValid ? validation.RecordsCount : -1;
    }

    /// <summary>Without the checksum: a consumer's loop over the records of a batch that was checked.</summary>
    [Benchmark]
    public long Walk()
    {
        long sum = 0;
        foreach (RecordView record in new RecordEnumerator(new RecordBatchView(_batch), _batch.AsSpan(RecordBatchLayout.Records)))
        {
            sum += record.Offset.Value;
        }

        return sum;
    }
}
