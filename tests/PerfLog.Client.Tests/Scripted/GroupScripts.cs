using PerfLog.Protocol.Messages;
using PerfLog.Wire;

namespace PerfLog.Client.Tests.Scripted;

/// <summary>Answers what members of a group ask their coordinator.</summary>
internal static class GroupScripts
{
    public static void Told(this Asked<ConsumerGroupHeartbeatRequest> asked, int epoch, params int[] partitions) =>
        asked.Answer(Beat(asked.Request, epoch, new() { TopicPartitions = [new() { TopicId = ScriptedCluster.TopicId, Partitions = [.. partitions] }] }));

    public static void ToldNothingNew(this Asked<ConsumerGroupHeartbeatRequest> asked, int epoch) =>
        asked.Answer(Beat(asked.Request, epoch, assignment: null));

    public static void Refused(this Asked<ConsumerGroupHeartbeatRequest> asked, ErrorCode error) =>
        asked.Answer(new ConsumerGroupHeartbeatResponse { ErrorCode = error });

    /// <summary>The partitions that the member says it has; null when it does not say.</summary>
    public static int[]? Owned(this Asked<ConsumerGroupHeartbeatRequest> asked) =>
        asked.Request.TopicPartitions is { } topics ? [.. topics.SelectMany(static topic => topic.Partitions).Order()] : null;

    public static void Refused(this Asked<JoinGroupRequest> asked, ErrorCode error, string member = "") =>
        asked.Answer(new JoinGroupResponse { ErrorCode = error, MemberId = member });

    /// <summary>Takes it in as one that another member assigns for.</summary>
    public static void Joined(this Asked<JoinGroupRequest> asked, int generation, string member = "m") => asked.Answer(new JoinGroupResponse
    {
        MemberId = member, Leader = "other", GenerationId = generation, ProtocolType = "consumer", ProtocolName = "range",
    });

    /// <summary>Takes it in as the one that assigns, for itself alone.</summary>
    public static void JoinedAsLeader(this Asked<JoinGroupRequest> asked, int generation, string member = "m") => asked.Answer(new JoinGroupResponse
    {
        MemberId = member, Leader = member, GenerationId = generation, ProtocolType = "consumer", ProtocolName = "range",
        Members = [new() { MemberId = member, Metadata = asked.Request.Protocols.Single(static protocol => protocol.Name == "range").Metadata }],
    });

    public static void Answered(this Asked<HeartbeatRequest> asked, ErrorCode error = ErrorCode.None) =>
        asked.Answer(new HeartbeatResponse { ErrorCode = error });

    public static void Answered(this Asked<LeaveGroupRequest> asked) => asked.Answer(new LeaveGroupResponse());

    public static void Refused(this Asked<SyncGroupRequest> asked, ErrorCode error) => asked.Answer(new SyncGroupResponse { ErrorCode = error });

    public static void Assigned(this Asked<SyncGroupRequest> asked, params int[] partitions)
    {
        ConsumerProtocolAssignment assignment = new()
        {
            AssignedPartitions = [new() { Topic = ScriptedCluster.Topic, Partitions = [.. partitions] }],
        };
        byte[] bytes = new byte[sizeof(short) + assignment.Size(3)];
        var writer = new WireWriter(bytes);
        writer.WriteInt16(3);
        assignment.Write(ref writer, 3);
        asked.Answer(new SyncGroupResponse { ProtocolType = "consumer", ProtocolName = "range", Assignment = bytes });
    }

    public static void Answered(this Asked<OffsetCommitRequest> asked, ErrorCode error = ErrorCode.None) => asked.Answer(new OffsetCommitResponse
    {
        Topics = [.. asked.Request.Topics.Select(topic => new OffsetCommitResponse.OffsetCommitResponseTopic
        {
            Name = topic.Name,
            Partitions = [.. topic.Partitions.Select(partition => new OffsetCommitResponse.OffsetCommitResponsePartition
            {
                PartitionIndex = partition.PartitionIndex, ErrorCode = error,
            })],
        })],
    });

    /// <summary>Every partition that is asked about has this offset committed.</summary>
    public static void Committed(this Asked<OffsetFetchRequest> asked, long offset) => asked.Answer(new OffsetFetchResponse
    {
        Groups =
        [
            new()
            {
                GroupId = "g",
                Topics = [.. asked.Request.Groups[0].Topics!.Select(topic => new OffsetFetchResponse.OffsetFetchResponseTopics
                {
                    Name = topic.Name,
                    Partitions = [.. topic.PartitionIndexes.Select(partition => new OffsetFetchResponse.OffsetFetchResponsePartitions
                    {
                        PartitionIndex = partition, CommittedOffset = offset, Metadata = "",
                    })],
                })],
            },
        ],
    });

    private static ConsumerGroupHeartbeatResponse Beat(
        ConsumerGroupHeartbeatRequest request, int epoch, ConsumerGroupHeartbeatResponse.MemberAssignment? assignment) => new()
    {
        MemberId = request.MemberId, MemberEpoch = epoch, HeartbeatIntervalMs = 1000, Assignment = assignment,
    };
}
