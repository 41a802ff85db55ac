using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using PerfLog.Storage;

namespace PerfLog.Benchmarks.Storage;

/// <summary>Looking up an offset in a segment's index, beside the framework's search of as many plain integers.</summary>
[MemoryDiagnoser]
public class OffsetIndexBench
{
    private const int Lookups = 1024;
    private const int RecordsPerEntry = 16;

    private readonly int[] _wanted = new int[Lookups];
    private byte[] _entries = [];
    private int[] _offsets = [];

    /// <summary>The larger one is that of a full segment of a gibibyte.</summary>
    [Params(256, 256 * 1024)]
    public int Entries { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _entries = new byte[Entries * OffsetIndex.EntryBytes];
        _offsets = new int[Entries];
        for (int index = 0; index < Entries; index++)
        {
            _offsets[index] = (index + 1) * RecordsPerEntry;
            Span<byte> entry = _entries.AsSpan(index * OffsetIndex.EntryBytes);
            BinaryPrimitives.WriteInt32BigEndian(entry, _offsets[index]);
            BinaryPrimitives.WriteInt32BigEndian(entry[sizeof(int)..], index);
        }

        var random = new Random(1);
        for (int index = 0; index < Lookups; index++) _wanted[index] = random.Next(RecordsPerEntry, _offsets[^1]);
        if (BinarySearch() != Floor()) throw new InvalidOperationException("The two searches differ.");
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Lookups)]
    public long BinarySearch()
    {
        long sum = 0;
        foreach (int offset in _wanted)
        {
            int found = Array.BinarySearch(_offsets, offset);
            sum += found >= 0 ? found : ~found - 1;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Lookups)]
    public long Floor()
    {
        long sum = 0;
        foreach (int offset in _wanted) sum += OffsetIndex.Floor(_entries, offset).Value;
        return sum;
    }
}
