using System.Net;
using PerfLog.Protocol.Connections;
using PerfLog.Protocol.Messages;

namespace PerfLog.Benchmarks.Groups;

/// <summary>
/// A member of a classic group that does what a consumer does towards its coordinator and nothing else: joins, and as the
/// leader gives everybody an empty assignment.
/// </summary>
internal sealed class ClassicMember(BrokerConnection connection, string group, string topic) : IAsyncDisposable
{
    private const int SessionTimeoutMs = 30_000;
    private const int RebalanceTimeoutMs = 60_000;

    /// <summary>The generation that it has its assignment of.</summary>
    public int Generation { get; private set; } = -1;

    public string Id { get; private set; } = "";

    public BrokerConnection Connection => connection;

    public static async Task<ClassicMember> ConnectAsync(IPEndPoint broker, string group, string topic) => new(
        await BrokerConnection.ConnectAsync(broker.Address.ToString(), broker.Port, new BrokerConnectionOptions { ClientId = "bench" }), group, topic);

    /// <summary>Joins, and joins again while the group is rebalancing, until it has an assignment.</summary>
    public async Task JoinAsync()
    {
        while (true)
        {
            JoinGroupResponse joined = await JoinOnceAsync();
            SyncGroupResponse synced = await connection.SendAsync<SyncGroupRequest, SyncGroupResponse>(new SyncGroupRequest
            {
                GroupId = group,
                GenerationId = joined.GenerationId,
                MemberId = Id,
                ProtocolType = "consumer",
                ProtocolName = joined.ProtocolName,
                Assignments = joined.Leader == Id
                    ? [.. joined.Members.Select(static member => new SyncGroupRequest.SyncGroupRequestAssignment { MemberId = member.MemberId, Assignment = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0] })]
                    : [],
            });
            if (synced.ErrorCode == ErrorCode.RebalanceInProgress) continue;
            Require(synced.ErrorCode, "SyncGroup");
            Generation = joined.GenerationId;
            return;
        }
    }

    /// <returns>Whether the group has moved on and wants the member to join again.</returns>
    public async Task<bool> HeartbeatAsync()
    {
        HeartbeatResponse answer = await connection.SendAsync<HeartbeatRequest, HeartbeatResponse>(
            new HeartbeatRequest { GroupId = group, GenerationId = Generation, MemberId = Id });
        if (answer.ErrorCode == ErrorCode.RebalanceInProgress) return true;
        Require(answer.ErrorCode, "Heartbeat");
        return false;
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private async Task<JoinGroupResponse> JoinOnceAsync()
    {
        while (true)
        {
            JoinGroupResponse joined = await connection.SendAsync<JoinGroupRequest, JoinGroupResponse>(new JoinGroupRequest
            {
                GroupId = group,
                SessionTimeoutMs = SessionTimeoutMs,
                RebalanceTimeoutMs = RebalanceTimeoutMs,
                MemberId = Id,
                ProtocolType = "consumer",
                Protocols = [new() { Name = "range", Metadata = Subscription() }],
            });
            Id = joined.MemberId;
            if (joined.ErrorCode == ErrorCode.None) return joined;
            if (joined.ErrorCode != ErrorCode.MemberIdRequired) Require(joined.ErrorCode, "JoinGroup");
        }
    }

    private byte[] Subscription()
    {
        // Version 0, one topic, no user data.
        byte[] name = System.Text.Encoding.UTF8.GetBytes(topic);
        return [0, 0, 0, 0, 0, 1, (byte)(name.Length >> 8), (byte)name.Length, .. name, 255, 255, 255, 255];
    }

    private static void Require(ErrorCode error, string request)
    {
        if (error != ErrorCode.None) throw new InvalidDataException($"The broker answered {request} with {error}.");
    }
}
