using PerfLog.Broker.Networking;
using PerfLog.Protocol.Hot;
using PerfLog.Protocol.Messages;
using PerfLog.Records;
using PerfLog.Wire;

namespace PerfLog.Broker.Producing;

/// <summary>
/// Puts a produce request's answer together: names and their order come from the request's bytes, the rest from its work.
/// Stateless.
/// </summary>
internal static class ProduceAnswer
{
    /// <summary>Fills the request's response with the outcome of each partition.</summary>
    public static void Write(RequestContext request, ProduceWork work)
    {
        if (!ProduceRequestView.TryRead(request.Body.Span, request.Version, out ProduceRequestView view))
            throw new InvalidOperationException("A request that was read before cannot be read again.");
        var pieces = new ProduceResponseWriter(request.Version);
        var writer = new WireWriter(request.Response.Rent(Size(pieces, view, work)));
        int next = 0;
        OutgoingFrame.Begin(ref writer);
        pieces.WriteHead(ref writer, request.CorrelationId, view.TopicData.Count);
        foreach (var topic in view.TopicData)
        {
            pieces.WriteTopic(ref writer, topic.Name, topic.TopicId, topic.PartitionData.Count);
            foreach (var partition in topic.PartitionData) pieces.WritePartition(ref writer, Describe(partition.Index, work[next++]));
            pieces.WriteTopicEnd(ref writer);
        }

        pieces.WriteTail(ref writer, throttleTimeMs: 0);
        OutgoingFrame.Finish(request.Response, writer.Position);
    }

    private static int Size(ProduceResponseWriter pieces, ProduceRequestView view, ProduceWork work)
    {
        int next = 0;
        int bytes = OutgoingFrame.SizeFieldBytes + pieces.HeadSize(view.TopicData.Count) + pieces.TailSize();
        foreach (var topic in view.TopicData)
        {
            bytes += pieces.TopicSize(topic.Name.Length, topic.PartitionData.Count) + pieces.TopicEndSize;
            foreach (var partition in topic.PartitionData) bytes += pieces.PartitionSize(Describe(partition.Index, work[next++]));
        }

        return bytes;
    }

    private static ProducedPartition Describe(int index, in PartitionProduce outcome) =>
        new(index, outcome.Error, outcome.BaseOffset.Value)
        {
            LogAppendTimeMs = outcome.LogAppendTime.Value,
            LogStartOffset = outcome.LogStartOffset.Value,
            ErrorMessage = outcome.Message,
            RecordErrors = outcome.RecordErrors.IsEmpty ? null : Describe(outcome.RecordErrors),
        };

    private static List<ProduceResponse.BatchIndexAndErrorMessage> Describe(ReadOnlyMemory<RecordError> errors)
    {
        List<ProduceResponse.BatchIndexAndErrorMessage> described = [];
        foreach (RecordError error in errors.Span) described.Add(new() { BatchIndex = error.BatchIndex, BatchIndexErrorMessage = error.Message });
        return described;
    }
}
