using System.Net;
using PerfLog.Benchmarks.Broker.Frames;
using PerfLog.Benchmarks.Measuring;

namespace PerfLog.Benchmarks.Broker.Embedded;

/// <summary>The managed memory that a request costs a broker in steady state, and what of it each record adds.</summary>
internal sealed class AllocationFigures : IDisposable
{
    private const int ManyRecords = 512;
    private const int ValueBytes = 100;

    // What a timer's tick during the run may add, but no allocation per record can hide in: an object has 24 bytes.
    private const double BytesPerRecordMax = 0.1;

    private readonly FrameConnection _client;
    private readonly int _requests;

    /// <param name="broker">The address of a broker in this process, to which nobody else is connected.</param>
    /// <param name="requests">The requests counted for each figure.</param>
    public AllocationFigures(IPEndPoint broker, int requests)
    {
        _client = FrameConnection.Open(broker);
        _requests = requests;
    }

    public IEnumerable<Figure> Measure()
    {
        Bench.CreateTopic(_client, "none");
        (double produceOne, double fetchOne) = ProduceAndFetch("one", PlainBatch.Of(1, ValueBytes));
        (double produceMany, double fetchMany) = ProduceAndFetch("many", PlainBatch.Of(ManyRecords, ValueBytes));

        yield return new Figure("Allocated per Produce request of 1 record", produceOne, "B");
        yield return new Figure($"Allocated per Produce request of {ManyRecords} records", produceMany, "B");
        yield return PerRecord("Allocated per record produced", produceOne, produceMany);
        yield return new Figure("Allocated per Fetch request that finds nothing", Fetch("none", 1), "B");
        yield return new Figure("Allocated per Fetch request of 1 record", fetchOne, "B");
        yield return new Figure($"Allocated per Fetch request of {ManyRecords} records", fetchMany, "B");
        yield return PerRecord("Allocated per record fetched", fetchOne, fetchMany);
    }

    public void Dispose() => _client.Dispose();

    private (double Produce, double Fetch) ProduceAndFetch(string topic, byte[] batch)
    {
        Bench.CreateTopic(_client, topic);
        byte[] frame = RequestFrames.Produce(topic, batch);
        double produce = AllocationProbe.BytesPerRequest(_client, _requests, client =>
        {
            client.Send(frame);
            Answers.Produced(client.ReceiveFrame());
        });
        return (produce, Fetch(topic, batch.Length));
    }

    private double Fetch(string topic, int maxBytes)
    {
        byte[] frame = RequestFrames.Fetch(topic, 0, maxBytes);
        return AllocationProbe.BytesPerRequest(_client, _requests, client =>
        {
            client.Send(frame);
            Answers.Fetched(client.ReceiveFrame());
        });
    }

    private static Figure PerRecord(string name, double bytesOfOne, double bytesOfMany) =>
        new(name, Math.Max(0, bytesOfMany - bytesOfOne) / (ManyRecords - 1), "B") { Goal = Goal.ValueAtMost(BytesPerRecordMax) };
}
