using BenchmarkDotNet.Attributes;
using PerfLog.Hashing;

namespace PerfLog.Benchmarks.Core;

/// <summary>The hash that places a key, beside the algorithm's description followed byte by byte.</summary>
[MemoryDiagnoser]
public class Murmur2Bench
{
    private byte[] _key = [];

    [Params(8, 36, 256)]
    public int Length { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _key = new byte[Length];
        new Random(1).NextBytes(_key);
        if (ByteByByte() != ByWords()) throw new InvalidOperationException("The two hashes differ.");
    }

    [Benchmark(Baseline = true)]
    public int ByteByByte()
    {
        const uint Multiplier = 0x5bd1e995;
        uint hash = 0x9747b28c ^ (uint)_key.Length;
        int index = 0;
        for (; index + 4 <= _key.Length; index += 4)
        {
            uint word = _key[index] | ((uint)_key[index + 1] << 8) | ((uint)_key[index + 2] << 16) | ((uint)_key[index + 3] << 24);
            word *= Multiplier;
            word = (word ^ (word >> 24)) * Multiplier;
            hash = (hash * Multiplier) ^ word;
        }

        int tail = _key.Length - index;
        if (tail >= 3) hash ^= (uint)_key[index + 2] << 16;
        if (tail >= 2) hash ^= (uint)_key[index + 1] << 8;
        if (tail >= 1) hash = (hash ^ _key[index]) * Multiplier;
        hash = (hash ^ (hash >> 13)) * Multiplier;
        return (int)(hash ^ (hash >> 15));
    }

    [Benchmark]
    public int ByWords() => Murmur2.Compute(_key);
}
