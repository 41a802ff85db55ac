using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using PerfLog.Wire;

namespace PerfLog.Benchmarks.Core;

/// <summary>A thousand variable-length integers beside the framework's reader and writer of the same bytes.</summary>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
public class VarintBench
{
    private const string Reading = "read";
    private const string Writing = "write";
    private const int Count = 1000;

    private readonly uint[] _values = new uint[Count];
    private readonly byte[] _bytes = new byte[Count * Varint.MaxBytes32];
    private MemoryStream _stream = new();
    private BinaryReader _reader = new(Stream.Null);
    private BinaryWriter _writer = new(Stream.Null);

    /// <summary>The bits that the values have at most: 7 fit into a byte.</summary>
    [Params(7, 14, 32)]
    public int Bits { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        var random = new Random(1);
        for (int index = 0; index < Count; index++) _values[index] = (uint)random.NextInt64(1L << Bits);
        Write();
        _stream = new MemoryStream(_bytes);
        _reader = new BinaryReader(_stream);
        _writer = new BinaryWriter(new MemoryStream(new byte[_bytes.Length]));
        if (Read() != ReadByBinaryReader()) throw new InvalidOperationException("The two readers differ.");
    }

    [Benchmark(Baseline = true), BenchmarkCategory(Reading)]
    public uint ReadByBinaryReader()
    {
        uint sum = 0;
        _stream.Position = 0;
        for (int index = 0; index < Count; index++) sum += (uint)_reader.Read7BitEncodedInt();
        return sum;
    }

    [Benchmark, BenchmarkCategory(Reading)]
    public uint Read()
    {
        uint sum = 0;
        ReadOnlySpan<byte> bytes = _bytes;
        for (int index = 0; index < Count; index++)
        {
            bytes = bytes[Varint.Read(bytes, out uint value)..];
            sum += value;
        }

        return sum;
    }

    [Benchmark(Baseline = true), BenchmarkCategory(Writing)]
    public long WriteByBinaryWriter()
    {
        _writer.BaseStream.Position = 0;
        foreach (uint value in _values) _writer.Write7BitEncodedInt((int)value);
        return _writer.BaseStream.Position;
    }

    [Benchmark, BenchmarkCategory(Writing)]
    public int Write()
    {
        int position = 0;
        foreach (uint value in _values) position += Varint.Write(_bytes.AsSpan(position), value);
        return position;
    }
}
