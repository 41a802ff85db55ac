using PerfLog.Broker.Groups;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;
using PerfLog.Wire;

namespace PerfLog.Broker.Tests.Groups.Migration;

/// <summary>
/// A client of the classic protocol: eager, which gives up all before it joins, or cooperative, which gives up only what it is
/// told to and then joins again. It assigns when it leads. One step of it is one request or one answer.
/// </summary>
internal sealed class ScriptedClassicMember(MixedGroup group, string name, bool isCooperative, string? instanceId = null)
{
    private const short Version = 3;
    private Task<JoinAnswer>? _join;
    private Task<SyncAnswer>? _sync;
    private bool _mustJoin = true;
    private int _lives;

    public string Id { get; private set; } = "";

    public string? InstanceId { get; } = instanceId;

    public int Generation { get; private set; } = -1;

    public string[] Topics { get; set; } = ["a", "b"];

    public PartitionSet Owned { get; private set; } = PartitionSet.Empty;

    /// <summary>It beats, and waits for nothing.</summary>
    public bool IsSettled => _join is null && _sync is null && !_mustJoin;

    public ErrorCode LastError { get; private set; }

    public int SessionMs => 10_000;

    public void Step()
    {
        if (_join is not null) TakeJoin();
        else if (_sync is not null) TakeSync();
        else if (_mustJoin) Join();
        else Take(group.Heartbeat(Id, InstanceId, Generation));
    }

    public void Subscribe(string[] topics)
    {
        Topics = topics;
        if (IsSettled) _mustJoin = true;
    }

    public void Leave()
    {
        if (Id.Length > 0) group.LeaveClassic(Id, InstanceId);
        Reset();
    }

    /// <summary>The process ends without a word and comes up again.</summary>
    public void Restart() => Reset();

    private void Join()
    {
        if (!isCooperative) Owned = PartitionSet.Empty;
        _mustJoin = false;
        _join = group.Join(new JoinCall
        {
            MemberId = Id,
            NewMemberId = Id.Length == 0 ? $"{name}-{++_lives}" : "",
            InstanceId = InstanceId,
            ClientId = name,
            ClientHost = "/host",
            SessionTimeoutMs = SessionMs,
            RebalanceTimeoutMs = 20_000,
            ProtocolType = ConsumerSubscription.ProtocolType,
            Protocols = [new MemberProtocol(isCooperative ? "cooperative-sticky" : "range", Subscription())],
            NeedsKnownId = true,
        });
    }

    private void TakeJoin()
    {
        if (!_join!.IsCompleted) return;
        JoinAnswer answer = _join.Result;
        _join = null;
        if (answer.Error != ErrorCode.None)
        {
            if (answer.Error == ErrorCode.MemberIdRequired) (Id, _mustJoin) = (answer.MemberId, true);
            else Take(answer.Error);
            return;
        }

        (Id, Generation) = (answer.MemberId, answer.Generation);
        _sync = group.Sync(new SyncCall
        {
            MemberId = Id,
            InstanceId = InstanceId,
            Generation = Generation,
            ProtocolType = answer.ProtocolType,
            ProtocolName = answer.ProtocolName,
            Assignments = answer.Leader == Id ? Assign(answer.Members) : new Dictionary<string, byte[]>(),
        });
    }

    private void TakeSync()
    {
        if (!_sync!.IsCompleted) return;
        SyncAnswer answer = _sync.Result;
        _sync = null;
        if (answer.Error != ErrorCode.None)
        {
            Take(answer.Error);
            return;
        }

        LastError = ErrorCode.None;
        PartitionSet assigned = ConsumerProtocol.ReadAssignment(answer.Assignment, group.Topics);
        _mustJoin = isCooperative && !Owned.IsSubsetOf(assigned);
        Owned = assigned;
    }

    private void Take(ErrorCode error)
    {
        LastError = error;
        switch (error)
        {
            case ErrorCode.None:
                break;
            case ErrorCode.RebalanceInProgress:
                _mustJoin = true;
                break;
            case ErrorCode.IllegalGeneration:
                (Owned, Generation, _mustJoin) = (PartitionSet.Empty, -1, true);
                break;
            case ErrorCode.NotCoordinator or ErrorCode.CoordinatorNotAvailable:
                _mustJoin = true;
                break;
            default:
                Reset();
                break;
        }
    }

    private void Reset() => (Id, Generation, Owned, _join, _sync, _mustJoin) = ("", -1, PartitionSet.Empty, null, null, true);

    private byte[] Subscription() => Bytes(new ConsumerProtocolSubscription
    {
        Topics = [.. Topics],
        OwnedPartitions = [.. Named(Owned).Select(static topic => new ConsumerProtocolSubscription.TopicPartition { Topic = topic.Name, Partitions = topic.Partitions })],
    });

    /// <summary>Deals partitions round; what a cooperative member still has is first taken from it, and given in the next round.</summary>
    private Dictionary<string, byte[]> Assign(IReadOnlyList<JoinedMember> members)
    {
        var wishes = members.OrderBy(static member => member.MemberId, StringComparer.Ordinal).Select(member =>
        {
            Assert.True(ConsumerProtocol.TryReadSubscription(member.Metadata, out ConsumerProtocolSubscription subscription));
            return (member.MemberId, subscription.Topics, Owned: ConsumerProtocol.Owned(subscription, group.Topics));
        }).ToList();
        var shares = wishes.ToDictionary(static wish => wish.MemberId, static _ => new List<TopicIdPartition>());
        foreach (string topic in wishes.SelectMany(static wish => wish.Topics).Distinct().Where(topic => group.Topics.TryFind(topic, out _)))
        {
            var takers = wishes.Where(wish => wish.Topics.Contains(topic)).ToList();
            for (int number = 0; number < group.Topics[topic].Partitions; number++)
            {
                var partition = new TopicIdPartition(group.Topics[topic].Id, number);
                string taker = takers[number % takers.Count].MemberId;
                bool isAnothers = wishes.Any(wish => wish.MemberId != taker && wish.Owned.Contains(partition));
                if (!isAnothers) shares[taker].Add(partition);
            }
        }

        return shares.ToDictionary(static share => share.Key, share => Bytes(new ConsumerProtocolAssignment
        {
            AssignedPartitions = [.. Named(PartitionSet.Of(share.Value)).Select(static topic =>
                new ConsumerProtocolAssignment.TopicPartition { Topic = topic.Name, Partitions = topic.Partitions })],
        }));
    }

    private IEnumerable<(string Name, List<int> Partitions)> Named(PartitionSet partitions)
    {
        foreach ((Uuid id, List<int> numbers) in partitions.ByTopic())
            if (group.Topics.TryFindName(id, out string? found)) yield return (found, numbers);
    }

    private static byte[] Bytes(IProtocolMessage message)
    {
        byte[] bytes = new byte[sizeof(short) + message.Size(Version)];
        var writer = new WireWriter(bytes);
        writer.WriteInt16(Version);
        message.Write(ref writer, Version);
        return bytes;
    }
}
