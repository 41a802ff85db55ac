using System.Net;
using Microsoft.Extensions.Logging;
using PerfLog.Broker.Groups;
using PerfLog.Broker.Networking;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Handlers;

/// <summary>
/// Keeps members of consumer groups alive, and tells them what to read. Members send these for as long as they live, and nearly
/// all say nothing else: those are read in place and answered with a message that each thread has at hand.
/// </summary>
internal sealed class ConsumerGroupHeartbeatHandler(ConsumerCoordinator groups, ILogger logger) : IRequestHandler
{
    private const int TextBytes = 256;

    [ThreadStatic]
    private static ConsumerGroupHeartbeatResponse? idleResponse;

    private readonly FullHeartbeatHandler _full = new(groups, logger);

    public ApiKey Key => _full.Key;

    public short LowestVersion => _full.LowestVersion;

    public short HighestVersion => _full.HighestVersion;

    public void Handle(RequestContext context)
    {
        if (IdleHeartbeat.TryRead(context.Body.Span, context.Version, out IdleHeartbeat heartbeat) && TryAnswer(heartbeat, out HeartbeatAnswer answer))
        {
            ConsumerGroupHeartbeatResponse response = idleResponse ??= new ConsumerGroupHeartbeatResponse();
            response.MemberId = answer.MemberId;
            response.MemberEpoch = answer.Epoch;
            response.HeartbeatIntervalMs = answer.HeartbeatIntervalMs;
            context.Respond(response);
            return;
        }

        _full.Handle(context);
    }

    private bool TryAnswer(IdleHeartbeat heartbeat, out HeartbeatAnswer answer)
    {
        Span<char> group = stackalloc char[TextBytes], member = stackalloc char[TextBytes], instance = stackalloc char[TextBytes];
        var claim = new MemberClaim
        {
            MemberId = Utf8Text.Decode(heartbeat.MemberId, member),
            InstanceId = Utf8Text.Decode(heartbeat.InstanceId, instance),
            HasInstanceId = heartbeat.HasInstanceId,
            Generation = heartbeat.Epoch,
        };
        return groups.TryAnswerIdle(Utf8Text.Decode(heartbeat.GroupId, group), claim, out answer);
    }

    /// <summary>Answers the heartbeats by which something changes.</summary>
    private sealed class FullHeartbeatHandler(ConsumerCoordinator groups, ILogger logger)
        : MessageHandler<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>(ApiKey.ConsumerGroupHeartbeat, 0, 1, logger)
    {
        protected override async ValueTask<ConsumerGroupHeartbeatResponse> AnswerAsync(
            ConsumerGroupHeartbeatRequest request, RequestContext context)
        {
            HeartbeatAnswer answer = await groups.HeartbeatAsync(request.GroupId, CallOf(request, context));
            return new ConsumerGroupHeartbeatResponse
            {
                ErrorCode = answer.Error,
                ErrorMessage = answer.Message,
                MemberId = answer.MemberId,
                MemberEpoch = answer.Epoch,
                HeartbeatIntervalMs = answer.HeartbeatIntervalMs,
                Assignment = answer.Assignment is null ? null : AssignmentOf(answer.Assignment),
            };
        }

        private static HeartbeatCall CallOf(ConsumerGroupHeartbeatRequest request, RequestContext context) => new()
        {
            // The first version leaves it to the broker to name a newcomer.
            MemberId = request.MemberId.Length == 0 && context.Version == 0 && request.MemberEpoch == ConsumerMember.JoinEpoch
                ? Guid.NewGuid().ToString()
                : request.MemberId,
            Epoch = request.MemberEpoch,
            InstanceId = request.InstanceId,
            RackId = request.RackId,
            RebalanceTimeoutMs = request.RebalanceTimeoutMs,
            TopicNames = request.SubscribedTopicNames is null ? null : SortedNames.Of(request.SubscribedTopicNames),
            TopicRegex = request.SubscribedTopicRegex,
            ServerAssignor = request.ServerAssignor,
            Owned = request.TopicPartitions is null ? null : PartitionSet.Of(request.TopicPartitions.SelectMany(
                static topic => topic.Partitions.Select(number => new TopicIdPartition(topic.TopicId, number)))),
            ClientId = context.ClientId,
            ClientHost = context.Connection.RemoteEndPoint is IPEndPoint peer ? $"/{peer.Address}" : "",
        };

        private static ConsumerGroupHeartbeatResponse.MemberAssignment AssignmentOf(PartitionSet partitions) => new()
        {
            TopicPartitions = [.. partitions.ByTopic().Select(static topic => new ConsumerGroupHeartbeatResponse.TopicPartitions
            {
                TopicId = topic.TopicId,
                Partitions = topic.Partitions,
            })],
        };
    }
}
