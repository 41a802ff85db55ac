using Microsoft.Extensions.Logging;
using PerfLog.Broker.Networking;
using PerfLog.Broker.Partitions;
using PerfLog.Broker.Producing;
using PerfLog.Buffers;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;
using PerfLog.Replication;

namespace PerfLog.Broker.Handlers;

/// <summary>
/// Appends records: parses the request in place, takes each partition's batch in, and answers in the request's order. What
/// other threads are writing is awaited; everything else happens on the receive loop.
/// </summary>
internal sealed partial class ProduceHandler(PartitionTable partitions, BatchIntake intake, ILogger logger) : IRequestHandler
{
    private const int PooledMax = 256;
    private const short NoAcks = 0;
    private const short AllReplicas = -1;
    private const short FirstWithTopicIds = 13;

    private readonly Reusables<ProduceWork> _works = new(static () => new ProduceWork(), PooledMax);

    public ApiKey Key => ApiKey.Produce;

    public short LowestVersion => 0;

    public short HighestVersion => 11;

    public void Handle(RequestContext context)
    {
        if (!ProduceRequestView.TryRead(context.Body.Span, context.Version, out ProduceRequestView view))
        {
            context.Close($"a malformed Produce request of version {context.Version}");
            return;
        }

        ProduceWork work = _works.Rent();
        work.Request = context;
        work.Acks = view.Acks;
        AppendAll(view, work);
        if (work.HasPending) _ = AnswerLaterAsync(work);
        else Answer(work);
    }

    private void AppendAll(ProduceRequestView view, ProduceWork work)
    {
        foreach (var topic in view.TopicData)
        {
            HostedTopic? hosted = work.Request.Version >= FirstWithTopicIds ? partitions.Find(topic.TopicId) : partitions.Find(topic.Name);
            foreach (var data in topic.PartitionData)
            {
                Memory<byte> records = work.Request.Body.Slice(data.RecordsStart, data.Records.Length);
                work.Add(Append(hosted, data.Index, records, work));
            }
        }
    }

    private PartitionProduce Append(HostedTopic? topic, int index, Memory<byte> records, ProduceWork work)
    {
        if (work.Acks is < AllReplicas or > 1) return PartitionProduce.Failed(ErrorCode.InvalidRequiredAcks, "acks is -1, 0 or 1.");
        Partition? partition = topic?.Find(index);
        if (topic is null || partition is null) return PartitionProduce.Failed(ErrorCode.UnknownTopicOrPartition);
        if (InternalTopics.Contains(topic.Name) && work.Request.ClientId != InternalTopics.AdminClientId)
            return PartitionProduce.Failed(ErrorCode.InvalidTopicException, "Only the cluster itself writes to internal topics.");
        return intake.Append(topic, partition, records, work.Acks, work.Request.Version);
    }

    private async Task AnswerLaterAsync(ProduceWork work)
    {
        try
        {
            await work.AwaitPendingAsync();
        }
        catch (Exception error)
        {
            LogFailed(error);
            work.Request.Close($"its produce request failed: {error.Message}");
            return;
        }

        Answer(work);
    }

    private void Answer(ProduceWork work)
    {
        RequestContext request = work.Request;
        for (int index = 0; index < work.Count; index++) intake.Release(ref work[index]);
        string? closeReason = work.Acks == NoAcks && work.HasError ? FirstError(work) : null;
        bool isSilent = work.Acks == NoAcks;
        if (!isSilent) ProduceAnswer.Write(request, work);
        work.Clear();
        _works.GiveBack(work);

        // A producer that wants no answer learns of an error only from the connection's end; it then asks for metadata.
        if (closeReason is not null) request.Close(closeReason);
        else request.Complete();
    }

    private static string FirstError(ProduceWork work)
    {
        for (int index = 0; index < work.Count; index++)
        {
            if (work[index].Error != ErrorCode.None) return $"a produce request with acks=0 failed with {work[index].Error}: {work[index].Message}";
        }

        return "a produce request with acks=0 failed";
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "An append failed")]
    private partial void LogFailed(Exception error);
}
