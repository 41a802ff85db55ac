using System.Text;
using System.Text.Unicode;
using Microsoft.Extensions.Logging;
using PerfLog.Broker.Groups;
using PerfLog.Broker.Networking;
using PerfLog.Buffers;
using PerfLog.Metadata;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;
using PerfLog.Storage;

namespace PerfLog.Broker.Handlers;

/// <summary>
/// Writes down where a group stands: reads the request in place, gathers one record for each partition, and answers when
/// they are in the log. What other threads are writing is awaited; everything else happens on the receive loop.
/// </summary>
internal sealed partial class OffsetCommitHandler(OffsetCommitter committer, ClusterMetadata cluster, TimeProvider time, ILogger logger)
    : IRequestHandler
{
    private const int TextBytes = 256;
    private const int PooledMax = 256;
    private const long FromNowOn = -1;
    private const short FirstWithEpochs = 9;

    private readonly Reusables<OffsetCommit> _commits = new(static () => new OffsetCommit(), PooledMax);

    public ApiKey Key => ApiKey.OffsetCommit;

    public short LowestVersion => 0;

    public short HighestVersion => 9;

    public void Handle(RequestContext context)
    {
        if (!OffsetCommitRequestView.TryRead(context.Body.Span, context.Version, out OffsetCommitRequestView request)
            || !Utf8.IsValid(request.GroupId))
        {
            context.Close($"a malformed OffsetCommit request of version {context.Version}");
            return;
        }

        OffsetCommit commit = _commits.Rent();
        commit.Begin(context);
        if (TryCommit(request, commit)) Answer(commit);
        else _ = AnswerLaterAsync(commit);
    }

    private bool TryCommit(OffsetCommitRequestView request, OffsetCommit commit)
    {
        Span<char> id = stackalloc char[TextBytes], member = stackalloc char[TextBytes], instance = stackalloc char[TextBytes];
        ErrorCode error = committer.TryFind(Utf8Text.Decode(request.GroupId, id), request.GenerationIdOrMemberEpoch, out Group? group);
        commit.Group = group;
        TimestampMs now = TimestampMs.Now(time);
        if (group is not null) committer.BeginBatch(commit, now);
        Gather(request, commit, error, now);
        if (group is null) return true;
        return committer.TryCommit(commit, new MemberClaim
        {
            MemberId = Utf8Text.Decode(request.MemberId, member),
            InstanceId = Utf8Text.Decode(request.GroupInstanceId, instance),
            HasInstanceId = !request.GroupInstanceIdIsNull,
            Generation = request.GenerationIdOrMemberEpoch,
            PredatesEpochs = commit.Request.Version < FirstWithEpochs,
        });
    }

    private void Gather(OffsetCommitRequestView request, OffsetCommit commit, ErrorCode error, TimestampMs now)
    {
        ClusterImage image = cluster.Image;
        TimestampMs expiresAt = request.RetentionTimeMs == FromNowOn ? TimestampMs.None : now + request.RetentionTimeMs;
        foreach (var topic in request.Topics)
        {
            TopicImage? known = image.Topics.Find(topic.Name);
            foreach (var partition in topic.Partitions)
            {
                if (error != ErrorCode.None) commit.Add(new PartitionCommit(error, default, default));
                else commit.Add(Take(commit, known, partition, now, expiresAt));
            }
        }
    }

    private PartitionCommit Take(
        OffsetCommit commit,
        TopicImage? topic,
        OffsetCommitRequestView.OffsetCommitRequestPartition asked,
        TimestampMs now,
        TimestampMs expiresAt)
    {
        if (topic?.Find(asked.PartitionIndex) is null) return new PartitionCommit(ErrorCode.UnknownTopicOrPartition, default, default);
        if (asked.CommittedMetadata.Length > committer.Settings.OffsetMetadataBytesMax)
            return new PartitionCommit(ErrorCode.OffsetMetadataTooLarge, default, default);
        var place = new TopicPartition(topic.Name, asked.PartitionIndex);
        var offset = new CommittedOffset(
            new Offset(asked.CommittedOffset),
            new LeaderEpoch(asked.CommittedLeaderEpoch),
            asked.CommittedMetadata.IsEmpty ? "" : Encoding.UTF8.GetString(asked.CommittedMetadata),
            asked.CommitTimestamp == FromNowOn ? now : new TimestampMs(asked.CommitTimestamp),
            expiresAt,
            Offset.None);
        return commit.Batch!.TryAddCommit(commit.Group!.Id, place, offset)
            ? new PartitionCommit(ErrorCode.None, place, offset)
            : new PartitionCommit(ErrorCode.InvalidCommitOffsetSize, default, default);
    }

    private async Task AnswerLaterAsync(OffsetCommit commit)
    {
        try
        {
            committer.Complete(commit, await commit.Append);
        }
        catch (Exception error)
        {
            LogFailed(error);
            committer.Complete(commit, AppendResult.Failed(ErrorCode.KafkaStorageError));
        }

        Answer(commit);
    }

    private void Answer(OffsetCommit commit)
    {
        RequestContext request = commit.Request;
        committer.Release(commit);
        OffsetCommitAnswer.Write(commit);
        commit.Clear();
        _commits.GiveBack(commit);
        request.Complete();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A commit's append failed")]
    private partial void LogFailed(Exception error);
}
