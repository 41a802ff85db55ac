using System.Text;
using PerfLog.Broker.Fetching;
using PerfLog.Broker.Networking;
using PerfLog.Broker.Partitions;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Handlers;

/// <summary>
/// Reads records: parses the request in place, finds or makes its session, and hands it to a <see cref="DelayedFetch"/>.
/// </summary>
internal sealed class FetchHandler(
    PartitionTable partitions, FetchSessionCache sessions, FetchCompletion completion, FetchLimits limits) : IRequestHandler
{
    private const short FirstWithSessions = 7;
    private const short FirstWithTopicIds = 13;
    private const int FinalEpoch = -1;
    private const int InitialEpoch = 0;
    private const sbyte ReadCommitted = 1;

    public ApiKey Key => ApiKey.Fetch;

    public short LowestVersion => 0;

    public short HighestVersion => 17;

    public void Handle(RequestContext context)
    {
        if (!FetchRequestView.TryRead(context.Body.Span, context.Version, out FetchRequestView view))
        {
            context.Close($"a malformed Fetch request of version {context.Version}");
            return;
        }

        DelayedFetch fetch = completion.Rent(context);
        fetch.BytesMin = view.MinBytes;
        fetch.BytesMax = Math.Clamp(view.MaxBytes, 0, limits.ResponseBytesMax);
        fetch.WaitMs = Math.Clamp(view.MaxWaitMs, 0, limits.WaitMsMax);
        fetch.IsReadCommitted = view.IsolationLevel == ReadCommitted;
        ErrorCode error = Collect(fetch, view, context.Version);
        if (error != ErrorCode.None) completion.Refuse(fetch, error);
        else fetch.Start(mayWait: fetch is { WaitMs: > 0, BytesMin: > 0, Targets.Count: > 0 });
    }

    /// <summary>Finds out which partitions are fetched: the request's, or the session's with the request's changes.</summary>
    private ErrorCode Collect(DelayedFetch fetch, FetchRequestView view, short version)
    {
        if (version >= FirstWithSessions && view.SessionEpoch > InitialEpoch) return CollectIncremental(fetch, view, version);
        if (version >= FirstWithSessions && view.SessionId != 0) sessions.Close(view.SessionId);
        bool wantsSession = version >= FirstWithSessions && view.SessionEpoch == InitialEpoch;
        fetch.Session = wantsSession ? sessions.TryCreate() : null;
        if (version >= FirstWithSessions && view.SessionEpoch < FinalEpoch) return ErrorCode.InvalidFetchSessionEpoch;
        AddRequested(fetch, view, version);
        Resolve(fetch, version);
        return ErrorCode.None;
    }

    private ErrorCode CollectIncremental(DelayedFetch fetch, FetchRequestView view, short version)
    {
        ErrorCode error = sessions.TryUse(view.SessionId, view.SessionEpoch, out FetchSession? session);
        if (error != ErrorCode.None || session is null) return error;
        fetch.Session = session;
        fetch.IsFull = false;
        Forget(session, view, version);
        AddRequested(fetch, view, version);
        if (session.TargetCount == 0) Close(fetch, session);
        Resolve(fetch, version);
        return ErrorCode.None;
    }

    /// <summary>A session that nothing is left of ends, and the answer says so with session id 0.</summary>
    private void Close(DelayedFetch fetch, FetchSession session)
    {
        sessions.Close(session.Id);
        fetch.Session = null;
    }

    private void Forget(FetchSession session, FetchRequestView view, short version)
    {
        foreach (var topic in view.ForgottenTopicsData)
        {
            (string name, Uuid id) = Identify(topic.Topic, topic.TopicId, version);
            foreach (int partition in topic.Partitions) session.Forget(name, id, partition);
        }
    }

    private void AddRequested(DelayedFetch fetch, FetchRequestView view, short version)
    {
        foreach (var topic in view.Topics)
        {
            (string name, Uuid id) = Identify(topic.Topic, topic.TopicId, version);
            foreach (var asked in topic.Partitions)
            {
                FetchTarget target = fetch.Session?.TargetFor(name, id, asked.Partition) ?? fetch.BorrowTarget();
                target.TopicName = name;
                target.TopicId = id;
                target.PartitionIndex = asked.Partition;
                target.FetchOffset = new Offset(asked.FetchOffset);
                target.BytesMax = asked.PartitionMaxBytes;
                target.CurrentLeaderEpoch = new LeaderEpoch(asked.CurrentLeaderEpoch);
                target.LastFetchedEpoch = new LeaderEpoch(asked.LastFetchedEpoch);
                if (fetch.Session is null) fetch.Targets.Add(target);
            }
        }

        // A session names each partition once, whatever the request does, and serves them in its own order.
        if (fetch.Session is null) return;
        foreach (FetchTarget target in fetch.Session.Order) fetch.Targets.Add(target);
    }

    /// <summary>
    /// A topic is known by its id from version 13 on, before that by its name. A hosted topic's own string is used, so that
    /// only unknown names cost a new one.
    /// </summary>
    private (string Name, Uuid Id) Identify(ReadOnlySpan<byte> name, Uuid id, short version)
    {
        if (version >= FirstWithTopicIds) return (partitions.Find(id)?.Name ?? "", id);
        return (partitions.Find(name)?.Name ?? Encoding.UTF8.GetString(name), Uuid.Zero);
    }

    private void Resolve(DelayedFetch fetch, short version)
    {
        bool isById = version >= FirstWithTopicIds;
        foreach (FetchTarget target in fetch.Targets)
        {
            HostedTopic? topic = isById ? partitions.Find(target.TopicId) : partitions.Find(target.TopicName);
            target.Partition = topic?.Find(target.PartitionIndex);
            target.ErrorWhenMissing = isById && topic is null ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition;
        }
    }
}
