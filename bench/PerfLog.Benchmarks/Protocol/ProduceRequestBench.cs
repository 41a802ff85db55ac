using BenchmarkDotNet.Attributes;
using PerfLog.Protocol.Messages;
using PerfLog.Wire;

namespace PerfLog.Benchmarks.Protocol;

/// <summary>A produce request's body read in place, beside reading it into objects, which copies the records.</summary>
[MemoryDiagnoser]
public class ProduceRequestBench
{
    private const short Version = 9;
    private const int BatchBytes = 16 * 1024;

    private byte[] _body = [];

    [Params(1, 20)]
    public int Partitions { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        var message = new ProduceRequest
        {
            Acks = 1,
            TimeoutMs = 30_000,
            TopicData =
            [
                new ProduceRequest.TopicProduceData
                {
                    Name = "orders-by-region",
                    PartitionData = [.. Enumerable.Range(0, Partitions).Select(static index =>
                        new ProduceRequest.PartitionProduceData { Index = index, Records = new byte[BatchBytes] })],
                },
            ],
        };
        _body = new byte[message.Size(Version)];
        var writer = new WireWriter(_body);
        message.Write(ref writer, Version);
        if (View() != Objects()) throw new InvalidOperationException("The two readers differ.");
    }

    [Benchmark(Baseline = true)]
    public int Objects()
    {
        var reader = new WireReader(_body);
        int bytes = 0;
        foreach (ProduceRequest.TopicProduceData topic in ProduceRequest.Read(ref reader, Version).TopicData)
        {
            foreach (ProduceRequest.PartitionProduceData partition in topic.PartitionData) bytes += partition.Records!.Length;
        }

        return bytes;
    }

    [Benchmark]
    public int View()
    {
        int bytes = 0;
        ProduceRequestView.TryRead(_body, Version, out ProduceRequestView view);
        foreach (ProduceRequestView.TopicProduceData topic in view.TopicData)
        {
            foreach (ProduceRequestView.PartitionProduceData partition in topic.PartitionData) bytes += partition.Records.Length;
        }

        return bytes;
    }
}
