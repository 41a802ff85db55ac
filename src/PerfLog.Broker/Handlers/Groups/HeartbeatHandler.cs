using PerfLog.Broker.Groups;
using PerfLog.Broker.Networking;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Handlers;

/// <summary>
/// Keeps members alive and tells them when their group comes together anew. Every member sends these for as long as it
/// lives, so that the request is read in place and its answer is at hand.
/// </summary>
internal sealed class HeartbeatHandler(ClassicCoordinator groups) : IRequestHandler
{
    private const int TextBytes = 256;

    private readonly HeartbeatResponse _alive = new();
    private readonly HeartbeatResponse _rebalancing = new() { ErrorCode = ErrorCode.RebalanceInProgress };

    public ApiKey Key => ApiKey.Heartbeat;

    public short LowestVersion => 0;

    public short HighestVersion => 4;

    public void Handle(RequestContext context)
    {
        if (!HeartbeatRequestView.TryRead(context.Body.Span, context.Version, out HeartbeatRequestView request))
        {
            context.Close($"a malformed Heartbeat request of version {context.Version}");
            return;
        }

        ErrorCode error = Check(request);
        context.Respond(error switch
        {
            ErrorCode.None => _alive,
            ErrorCode.RebalanceInProgress => _rebalancing,
            _ => new HeartbeatResponse { ErrorCode = error },
        });
    }

    private ErrorCode Check(HeartbeatRequestView request)
    {
        Span<char> group = stackalloc char[TextBytes], member = stackalloc char[TextBytes], instance = stackalloc char[TextBytes];
        return groups.Heartbeat(Utf8Text.Decode(request.GroupId, group), new MemberClaim
        {
            MemberId = Utf8Text.Decode(request.MemberId, member),
            InstanceId = Utf8Text.Decode(request.GroupInstanceId, instance),
            HasInstanceId = !request.GroupInstanceIdIsNull,
            Generation = request.GenerationId,
        });
    }
}
