using PerfLog.Client.Cluster;
using PerfLog.Client.Consuming;
using PerfLog.Protocol.Messages;

namespace PerfLog.Client.Groups;

/// <summary>
/// Takes a consumer into the next generation of its group: join, assign when it leads, and get the assignment. One at a time.
/// </summary>
internal sealed class GroupJoin(ConsumerOptions options, ClusterClient cluster, CoordinatorLink coordinator)
{
    private const short HighestJoin = 9;
    private const short HighestSync = 5;

    private string Subject => $"group {options.GroupId}";

    /// <summary>Joins, however often it takes.</summary>
    /// <param name="membership">The member's place so far.</param>
    /// <param name="topics">What it subscribes to.</param>
    /// <param name="owned">What it has and keeps until it is taken away.</param>
    /// <param name="told">Is told each name that the coordinator gives.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ConsumeException">The group does not take it.</exception>
    public async Task<JoinedGeneration> JoinAsync(
        Membership membership,
        IReadOnlyCollection<string> topics,
        IReadOnlyCollection<TopicPartition> owned,
        Action<Membership> told,
        CancellationToken cancellation)
    {
        int ownedGeneration = membership.Generation;
        while (true)
        {
            JoinGroupRequest request = Request(membership.MemberId, topics, owned, ownedGeneration);
            JoinGroupResponse? joined = await coordinator.AskAsync<JoinGroupRequest, JoinGroupResponse>(
                LinkLane.Group, HighestJoin, _ => request, cancellation).ConfigureAwait(false);
            ErrorCode error = joined?.ErrorCode ?? ErrorCode.CoordinatorNotAvailable;
            if (error == ErrorCode.None)
            {
                membership = new Membership(joined!.MemberId, joined.GenerationId);
                told(membership.OutOfGeneration());
                bool leads = joined.Leader == joined.MemberId;
                ClusterSnapshot? snapshot = leads ? await SnapshotForAsync(joined, cancellation).ConfigureAwait(false) : null;
                if (await SyncAsync(membership, joined, snapshot, cancellation).ConfigureAwait(false) is { } assigned)
                    return new JoinedGeneration(membership, assigned, snapshot);
            }
            else if (error == ErrorCode.MemberIdRequired)
            {
                membership = new Membership(joined!.MemberId, -1);
                told(membership);
            }
            else if (error is ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration)
            {
                membership = Membership.None;
                told(membership);
            }
            else if (error == ErrorCode.RebalanceInProgress || coordinator.MayPass(error))
            {
                await coordinator.PauseAsync(cancellation).ConfigureAwait(false);
            }
            else
            {
                throw new ConsumeException(error, Subject, "the coordinator does not take this member");
            }
        }
    }

    /// <returns>The assignment; null when the member has to join again.</returns>
    private async Task<IReadOnlyList<TopicPartition>?> SyncAsync(
        Membership membership, JoinGroupResponse joined, ClusterSnapshot? snapshot, CancellationToken cancellation)
    {
        SyncGroupRequest request = new()
        {
            GroupId = options.GroupId!,
            GenerationId = membership.Generation,
            MemberId = membership.MemberId,
            GroupInstanceId = options.GroupInstanceId,
            ProtocolType = MemberMessages.Type,
            ProtocolName = joined.ProtocolName,
            Assignments = snapshot is not null && !joined.SkipAssignment ? Assign(joined, snapshot) : [],
        };
        SyncGroupResponse? synced = await coordinator.AskAsync<SyncGroupRequest, SyncGroupResponse>(
            LinkLane.Group, HighestSync, _ => request, cancellation).ConfigureAwait(false);
        ErrorCode error = synced?.ErrorCode ?? ErrorCode.CoordinatorNotAvailable;
        if (error == ErrorCode.None) return MemberMessages.ReadAssignment(synced!.Assignment);
        if (coordinator.MayPass(error)) await coordinator.PauseAsync(cancellation).ConfigureAwait(false);
        else if (error is not (ErrorCode.RebalanceInProgress or ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration))
            throw new ConsumeException(error, Subject, "the coordinator does not give an assignment");
        return null;
    }

    /// <summary>What is known of the topics of all members, asked for anew.</summary>
    private async Task<ClusterSnapshot> SnapshotForAsync(JoinGroupResponse joined, CancellationToken cancellation)
    {
        foreach (string topic in Members(joined).SelectMany(static member => member.Topics)) cluster.Track(topic);
        return await cluster.RefreshAsync(cancellation).ConfigureAwait(false);
    }

    private List<SyncGroupRequest.SyncGroupRequestAssignment> Assign(JoinGroupResponse joined, ClusterSnapshot snapshot)
    {
        IPartitionAssignor assignor = options.Assignors.FirstOrDefault(known => known.Name == joined.ProtocolName)
            ?? throw new ConsumeException(ErrorCode.InconsistentGroupProtocol, Subject, $"it chose '{joined.ProtocolName}', which this member did not offer");
        GroupMemberSubscription[] members = Members(joined);
        Dictionary<string, int> partitions = members.SelectMany(static member => member.Topics).Distinct()
            .Where(topic => snapshot.Topics.TryGetValue(topic, out TopicSnapshot? told) && told.Partitions.Length > 0)
            .ToDictionary(static topic => topic, topic => snapshot.Topics[topic].Partitions.Length);
        return [.. assignor.Assign(members, partitions).Select(static entry => new SyncGroupRequest.SyncGroupRequestAssignment
        {
            MemberId = entry.Key, Assignment = MemberMessages.Assignment(entry.Value),
        })];
    }

    private static GroupMemberSubscription[] Members(JoinGroupResponse joined) => [.. joined.Members.Select(static member =>
        MemberMessages.ReadSubscription(member.MemberId, member.GroupInstanceId, member.Metadata))];

    private JoinGroupRequest Request(
        string memberId, IReadOnlyCollection<string> topics, IReadOnlyCollection<TopicPartition> owned, int generation) => new()
    {
        GroupId = options.GroupId!,
        SessionTimeoutMs = (int)options.SessionTimeout.TotalMilliseconds,
        RebalanceTimeoutMs = (int)options.MaxPollInterval.TotalMilliseconds,
        MemberId = memberId,
        GroupInstanceId = options.GroupInstanceId,
        ProtocolType = MemberMessages.Type,
        Protocols = [.. options.Assignors.Select(assignor => new JoinGroupRequest.JoinGroupRequestProtocol
        {
            Name = assignor.Name, Metadata = MemberMessages.Subscription(topics, owned, generation, options.Rack),
        })],
    };
}
