using BenchmarkDotNet.Attributes;
using PerfLog.Protocol.Messages;
using PerfLog.Wire;

namespace PerfLog.Benchmarks.Protocol;

/// <summary>The largest common answer: three brokers and a hundred topics of eight partitions, beside copying its bytes.</summary>
[MemoryDiagnoser]
public class MetadataMessageBench
{
    private const int Brokers = 3;
    private const int Topics = 100;
    private const int PartitionsPerTopic = 8;

    private readonly MetadataResponse _message = Message();
    private byte[] _bytes = [];
    private byte[] _copy = [];

    [Params((short)4, (short)12)]
    public short Version { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _bytes = new byte[_message.Size(Version)];
        _copy = new byte[_bytes.Length];
        Write();
        if (Read().Topics.Count != Topics) throw new InvalidOperationException("What was written does not come back.");
    }

    [Benchmark(Baseline = true)]
    public void Copy() => _bytes.CopyTo(_copy, 0);

    [Benchmark]
    public int Size() => _message.Size(Version);

    [Benchmark]
    public int Write()
    {
        var writer = new WireWriter(_bytes);
        _message.Write(ref writer, Version);
        return writer.Position;
    }

    [Benchmark]
    public MetadataResponse Read()
    {
        var reader = new WireReader(_bytes);
        return MetadataResponse.Read(ref reader, Version);
    }

    private static MetadataResponse Message() => new()
    {
        ClusterId = "bench-cluster",
        Brokers = [.. Enumerable.Range(0, Brokers).Select(static id =>
            new MetadataResponse.MetadataResponseBroker { NodeId = id, Host = $"broker-{id}.example", Port = 9092 })],
        Topics = [.. Enumerable.Range(0, Topics).Select(static topic =>
            new MetadataResponse.MetadataResponseTopic
            {
                Name = $"orders-by-region-{topic}",
                Partitions = [.. Enumerable.Range(0, PartitionsPerTopic).Select(Partition)],
            })],
    };

    private static MetadataResponse.MetadataResponsePartition Partition(int index) => new()
    {
        PartitionIndex = index,
        LeaderId = index % Brokers,
        ReplicaNodes = [0, 1, 2],
        IsrNodes = [0, 1, 2],
    };
}
