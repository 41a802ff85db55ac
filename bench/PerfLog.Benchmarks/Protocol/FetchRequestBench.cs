using BenchmarkDotNet.Attributes;
using PerfLog.Protocol.Messages;
using PerfLog.Wire;

namespace PerfLog.Benchmarks.Protocol;

/// <summary>A full fetch request's body read in place, beside reading it into objects.</summary>
[MemoryDiagnoser]
public class FetchRequestBench
{
    private const short Version = 12;
    private const int PartitionsPerTopic = 10;

    private byte[] _body = [];

    [Params(1, 100)]
    public int Topics { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        var message = new FetchRequest
        {
            MaxWaitMs = 500,
            MinBytes = 1,
            Topics = [.. Enumerable.Range(0, Topics).Select(static topic => new FetchRequest.FetchTopic
            {
                Topic = $"orders-by-region-{topic}",
                Partitions = [.. Enumerable.Range(0, PartitionsPerTopic).Select(static index =>
                    new FetchRequest.FetchPartition { Partition = index, FetchOffset = 1000 + index, PartitionMaxBytes = 1 << 20 })],
            })],
        };
        _body = new byte[message.Size(Version)];
        var writer = new WireWriter(_body);
        message.Write(ref writer, Version);
        if (View() != Objects()) throw new InvalidOperationException("The two readers differ.");
    }

    [Benchmark(Baseline = true)]
    public long Objects()
    {
        var reader = new WireReader(_body);
        long sum = 0;
        foreach (FetchRequest.FetchTopic topic in FetchRequest.Read(ref reader, Version).Topics)
        {
            foreach (FetchRequest.FetchPartition partition in topic.Partitions) sum += partition.FetchOffset;
        }

        return sum;
    }

    [Benchmark]
    public long View()
    {
        long sum = 0;
        FetchRequestView.TryRead(_body, Version, out FetchRequestView view);
        foreach (FetchRequestView.FetchTopic topic in view.Topics)
        {
            foreach (FetchRequestView.FetchPartition partition in topic.Partitions) sum += partition.FetchOffset;
        }

        return sum;
    }
}
