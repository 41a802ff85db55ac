using System.Numerics;
using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using PerfLog.Hashing;

namespace PerfLog.Benchmarks.Core;

/// <summary>The batch checksum beside a loop over the processor's instruction, eight bytes at a time.</summary>
[MemoryDiagnoser]
public class Crc32CBench
{
    private byte[] _bytes = [];

    [Params(100, 1024, 16 * 1024, 1024 * 1024)]
    public int Length { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _bytes = new byte[Length];
        new Random(1).NextBytes(_bytes);
    }

    [Benchmark(Baseline = true)]
    public uint BitOperationsLoop()
    {
        uint crc = ~0u;
        ReadOnlySpan<byte> bytes = _bytes;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words) crc = BitOperations.Crc32C(crc, word);
        foreach (byte value in bytes[(words.Length * sizeof(ulong))..]) crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }

    [Benchmark]
    public uint Interleaved() => Crc32C.Compute(_bytes);
}
