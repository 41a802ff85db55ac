using System.IO.Compression;
using System.Text;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using K4os.Compression.LZ4.Streams;
using PerfLog.Buffers;
using PerfLog.Records;
using Snappier;
using ZstdSharp;

namespace PerfLog.Benchmarks.Records;

/// <summary>Each codec on 64 KiB of JSON lines, beside the simplest use of the same library. The formats' framing differs a little.</summary>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
public class CompressionBench
{
    private const string Compressing = "compress";
    private const string Decompressing = "decompress";
    private const int PlainBytes = 64 * 1024;
    private const int OutputBytesMax = 1024 * 1024;

    private readonly GrowingBuffer _output = new(OutputBytesMax);
    private byte[] _plain = [];
    private byte[] _compressed = [];
    private byte[] _compressedByLibrary = [];

    [Params(CompressionCodec.Gzip, CompressionCodec.Snappy, CompressionCodec.Lz4, CompressionCodec.Zstd)]
    public CompressionCodec Codec { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _plain = JsonLines();
        Compress();
        _compressed = _output.WrittenSpan.ToArray();
        _compressedByLibrary = LibraryCompress();
        if (Decompress() != PlainBytes || LibraryDecompress().Length != PlainBytes)
            throw new InvalidOperationException("What was compressed does not come back.");
    }

    [Benchmark(Baseline = true), BenchmarkCategory(Compressing)]
    public byte[] LibraryCompress() => Codec switch
    {
        CompressionCodec.Gzip => ThroughStream(static output => new GZipStream(output, CompressionLevel.Optimal)),
        CompressionCodec.Snappy => Snappy.CompressToArray(_plain),
        CompressionCodec.Lz4 => ThroughStream(static output => LZ4Stream.Encode(output)),
        _ => ZstdOnce(),
    };

    [Benchmark, BenchmarkCategory(Compressing)]
    public int Compress()
    {
        _output.Reset(OutputBytesMax);
        RecordCompression.TryCompress(Codec, _plain, _output);
        return _output.WrittenBytes;
    }

    [Benchmark(Baseline = true), BenchmarkCategory(Decompressing)]
    public byte[] LibraryDecompress()
    {
        var input = new MemoryStream(_compressedByLibrary);
        switch (Codec)
        {
            case CompressionCodec.Gzip: return ReadAll(new GZipStream(input, CompressionMode.Decompress));
            case CompressionCodec.Snappy: return Snappy.DecompressToArray(_compressedByLibrary);
            case CompressionCodec.Lz4: return ReadAll(LZ4Stream.Decode(input));
            default:
                using (var zstd = new Decompressor()) return zstd.Unwrap(_compressedByLibrary).ToArray();
        }
    }

    [Benchmark, BenchmarkCategory(Decompressing)]
    public int Decompress()
    {
        _output.Reset(OutputBytesMax);
        RecordCompression.TryDecompress(Codec, _compressed, _output, out _);
        return _output.WrittenBytes;
    }

    /// <summary>Lines with some repetition, as records often are.</summary>
    private static byte[] JsonLines()
    {
        var random = new Random(1);
        var text = new StringBuilder();
        for (int line = 0; text.Length < PlainBytes; line++)
        {
            text.Append($"{{\"order\":{line},\"customer\":\"c-{random.Next(5000)}\",\"cents\":{random.Next(100_000)},\"state\":\"paid\"}}\n");
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, PlainBytes));
    }

    private byte[] ThroughStream(Func<Stream, Stream> compressor)
    {
        var output = new MemoryStream();
        using (Stream stream = compressor(output)) stream.Write(_plain);
        return output.ToArray();
    }

    private byte[] ZstdOnce()
    {
        using var zstd = new Compressor();
        return zstd.Wrap(_plain).ToArray();
    }

    private static byte[] ReadAll(Stream stream)
    {
        using (stream)
        {
            var output = new MemoryStream();
            stream.CopyTo(output);
            return output.ToArray();
        }
    }
}
