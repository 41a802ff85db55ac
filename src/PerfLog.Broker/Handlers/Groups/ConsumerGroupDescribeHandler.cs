using Microsoft.Extensions.Logging;
using PerfLog.Broker.Groups;
using PerfLog.Broker.Networking;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;
using Described = PerfLog.Protocol.Messages.ConsumerGroupDescribeResponse.DescribedGroup;
using DescribedMember = PerfLog.Protocol.Messages.ConsumerGroupDescribeResponse.Member;

namespace PerfLog.Broker.Handlers;

/// <summary>Describes consumer groups: their epochs, and what each member has and is to have.</summary>
internal sealed class ConsumerGroupDescribeHandler(ConsumerCoordinator groups, ILogger logger)
    : MessageHandler<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse>(ApiKey.ConsumerGroupDescribe, 0, 1, logger)
{
    // One bit for each operation: read 3, delete 6, describe 8. Everybody may do everything.
    private const int EveryOperation = (1 << 3) | (1 << 6) | (1 << 8);
    private const int NotAsked = int.MinValue;
    private const sbyte ClassicMemberType = 0;
    private const sbyte ConsumerMemberType = 1;

    protected override ValueTask<ConsumerGroupDescribeResponse> AnswerAsync(ConsumerGroupDescribeRequest request, RequestContext context)
    {
        var response = new ConsumerGroupDescribeResponse();
        foreach (string id in request.GroupIds)
        {
            var described = new Described { GroupId = id };
            described.ErrorCode = groups.Look(id, group => Describe(group, described));
            if (described.ErrorCode == ErrorCode.GroupIdNotFound) described.ErrorMessage = $"There is no consumer group '{id}'.";
            described.AuthorizedOperations = request.IncludeAuthorizedOperations && described.ErrorCode == ErrorCode.None ? EveryOperation : NotAsked;
            response.Groups.Add(described);
        }

        return new(response);
    }

    private void Describe(ConsumerGroup group, Described described)
    {
        ITopicView topics = groups.Topics;
        described.GroupState = group.StateName;
        described.GroupEpoch = group.Epoch;
        described.AssignmentEpoch = group.AssignmentEpoch;
        described.AssignorName = group.AssignorName;
        described.LastRebalanceReason = group.History.Last?.Reason;
        described.LastRebalanceStartedMs = group.History.Last?.StartedAt.Value ?? -1;
        described.LastRebalanceTookMs = group.History.Last?.TookMs ?? -1;
        described.Members = [.. group.Members.All.Select(member => Describe(member, topics))];
    }

    private static DescribedMember Describe(ConsumerMember member, ITopicView topics) => new()
    {
        MemberId = member.Id,
        InstanceId = member.InstanceId,
        RackId = member.RackId,
        MemberEpoch = member.Epoch,
        ClientId = member.ClientId,
        ClientHost = member.ClientHost,
        SubscribedTopicNames = [.. member.TopicNames],
        SubscribedTopicRegex = member.HasRegex ? member.TopicRegex : null,
        Assignment = Describe(member.Assigned, topics),
        TargetAssignment = Describe(member.Target, topics),
        MemberType = member.Classic is null ? ConsumerMemberType : ClassicMemberType,
    };

    private static ConsumerGroupDescribeResponse.Assignment Describe(PartitionSet partitions, ITopicView topics)
    {
        var assignment = new ConsumerGroupDescribeResponse.Assignment();
        foreach ((Uuid topic, List<int> numbers) in partitions.ByTopic())
        {
            // A topic that was just deleted has no name any more.
            if (topics.TryFindName(topic, out string? name))
                assignment.TopicPartitions.Add(new() { TopicId = topic, TopicName = name, Partitions = numbers });
        }

        return assignment;
    }
}
