using System.Net;
using PerfLog.Protocol.Connections;
using PerfLog.Protocol.Messages;

namespace PerfLog.Benchmarks.Groups;

/// <summary>A member of a group of the newer protocol: one heartbeat says what it has, and the answer what it shall have.</summary>
internal sealed class ConsumerProtocolMember(BrokerConnection connection, string group, string topic) : IAsyncDisposable
{
    private const int RebalanceTimeoutMs = 60_000;

    private readonly string _id = Guid.NewGuid().ToString();
    private List<ConsumerGroupHeartbeatRequest.OwnedTopicPartitions> _owned = [];
    private bool _mustTell = true;

    public int Partitions => _owned.Sum(static topic => topic.Partitions.Count);

    public int Epoch { get; private set; }

    public static async Task<ConsumerProtocolMember> ConnectAsync(IPEndPoint broker, string group, string topic) => new(
        await BrokerConnection.ConnectAsync(broker.Address.ToString(), broker.Port, new BrokerConnectionOptions { ClientId = "bench" }), group, topic);

    public async Task HeartbeatAsync()
    {
        bool joins = Epoch == 0;
        ConsumerGroupHeartbeatResponse answer = await connection.SendAsync<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>(new()
        {
            GroupId = group,
            MemberId = _id,
            MemberEpoch = Epoch,
            RebalanceTimeoutMs = joins ? RebalanceTimeoutMs : -1,
            SubscribedTopicNames = joins ? [topic] : null,
            TopicPartitions = _mustTell ? _owned : null,
        });
        if (answer.ErrorCode != ErrorCode.None) throw new InvalidDataException($"The broker answered ConsumerGroupHeartbeat with {answer.ErrorCode}: {answer.ErrorMessage}");
        Epoch = answer.MemberEpoch;
        _mustTell = false;
        if (answer.Assignment is not { } assignment) return;
        _owned = [.. assignment.TopicPartitions.Select(static topic =>
            new ConsumerGroupHeartbeatRequest.OwnedTopicPartitions { TopicId = topic.TopicId, Partitions = topic.Partitions })];
        _mustTell = true;
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
