using PerfLog.Protocol.Messages;
using PerfLog.Records;

namespace PerfLog.Client.Tests.Scripted;

/// <summary>Reads produce requests and answers them. Values are numbers, by which records are known again.</summary>
internal static class ProduceScripts
{
    /// <summary>The numbers in a request's only batch.</summary>
    public static long[] Numbers(this Asked<ProduceRequest> asked)
    {
        byte[] bytes = OnlyPartition(asked).Records!;
        var batches = new RecordBatchReader(bytes);
        Assert.True(batches.MoveNext(), batches.Fault);
        List<long> numbers = [];
        foreach (RecordView record in new RecordEnumerator(batches.Current, batches.Current.Records))
            numbers.Add(Serdes.Of<long>().Deserialize(record.Value.ToArray()));
        return [.. numbers];
    }

    /// <summary>Its place in the producer's sequence.</summary>
    public static (short Epoch, int First) Sequence(this Asked<ProduceRequest> asked)
    {
        var batch = new RecordBatchView(OnlyPartition(asked).Records);
        return (batch.ProducerEpoch, batch.BaseSequence);
    }

    public static void Written(this Asked<ProduceRequest> asked, long baseOffset, int throttleMs = 0) =>
        asked.Answer(Answer(asked, ErrorCode.None, baseOffset, throttleMs));

    public static void Refused(this Asked<ProduceRequest> asked, ErrorCode error) => asked.Answer(Answer(asked, error, -1, 0));

    private static ProduceRequest.PartitionProduceData OnlyPartition(Asked<ProduceRequest> asked) =>
        Assert.Single(Assert.Single(asked.Request.TopicData).PartitionData);

    private static ProduceResponse Answer(Asked<ProduceRequest> asked, ErrorCode error, long baseOffset, int throttleMs) => new()
    {
        ThrottleTimeMs = throttleMs,
        Responses =
        [
            new()
            {
                Name = ScriptedCluster.Topic,
                PartitionResponses = [new() { Index = OnlyPartition(asked).Index, ErrorCode = error, BaseOffset = baseOffset }],
            },
        ],
    };
}
