using PerfLog.Broker.Groups;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Tests.Groups;

/// <summary>
/// Clients and a coordinator on one thread: whatever happens next, a test says. The disk writes when it is told to, may
/// refuse, and is all that a new coordinator knows.
/// </summary>
internal sealed class GroupSimulation
{
    public const byte Partitions = 7;

    private const int SessionMs = 10_000;
    private const int RebalanceMs = 15_000;

    private readonly ClassicGroupSettings _settings = new() { InitialRebalanceDelayMs = 500 };
    private readonly Queue<GroupWrite> _unwritten = new();
    private readonly bool _losesWrites;
    private GroupMetadataValue? _written;
    private ClassicGroup _group;
    private int _ids;

    /// <param name="losesWrites">The disk says that it has written what it has not.</param>
    public GroupSimulation(bool losesWrites = false)
    {
        _losesWrites = losesWrites;
        _group = new ClassicGroup("g", _settings);
    }

    /// <summary>Two static members and three dynamic ones.</summary>
    public SimulatedClient[] Clients { get; } =
        [.. new[] { "a", "b", null, null, null }.Select(static instance => new SimulatedClient(instance, Partitions))];

    public AssignmentLedger Ledger { get; } = new();

    /// <summary>Counts the coordinators.</summary>
    public int Coordinator { get; private set; }

    public ClassicGroup Group => _group;

    public long NowMs { get; private set; } = 1_000;

    private Moment Now => new(NowMs, new TimestampMs(NowMs));

    public Task<JoinAnswer> Join(SimulatedClient client) => Settled(_group.Join(
        new JoinCall
        {
            MemberId = client.MemberId,
            NewMemberId = client.MemberId.Length == 0 ? $"m{++_ids}" : "",
            InstanceId = client.Instance,
            ClientId = "c",
            ClientHost = "/h",
            SessionTimeoutMs = SessionMs,
            RebalanceTimeoutMs = RebalanceMs,
            ProtocolType = "consumer",
            Protocols = [new MemberProtocol("range", Subscription.Of("t"))],
            NeedsKnownId = true,
            MaySkipAssignment = true,
        },
        Now));

    public Task<SyncAnswer> Sync(SimulatedClient client, IReadOnlyDictionary<string, byte[]> assignments) => Settled(_group.Sync(
        new SyncCall
        {
            MemberId = client.MemberId, InstanceId = client.Instance, Generation = client.Generation, Assignments = assignments,
        },
        Now));

    public ErrorCode Heartbeat(SimulatedClient client)
    {
        ErrorCode error = _group.Heartbeat(new MemberClaim(client.MemberId, client.Instance, client.Generation), Now);
        if (error == ErrorCode.None) Assert.Equal(_group.Generation, client.Generation);
        return error;
    }

    public void Leave(SimulatedClient client)
    {
        _group.Leave(client.MemberId, client.Instance, null, Now);
        Settle();
    }

    public void Advance(long milliseconds)
    {
        int generation = _group.Generation;
        long end = NowMs + milliseconds;
        while (_group.NextDeadlineTick <= end)
        {
            NowMs = Math.Max(NowMs, _group.NextDeadlineTick);
            _group.Tick(Now);
            Settle();
            Assert.True(_group.NextDeadlineTick > NowMs, "The group wants to be woken again and again.");
        }

        NowMs = end;
        Assert.True(_group.Generation >= generation, "A generation went back.");
    }

    public void WriteOne(ErrorCode error)
    {
        if (!_unwritten.TryDequeue(out GroupWrite? write)) return;
        if (error == ErrorCode.None && !_losesWrites) _written = (GroupMetadataValue)write.Records[0].Value!;
        write.Done?.Invoke(error, Now);
        Settle();
    }

    /// <summary>Another broker takes the group over, with what was written.</summary>
    public void Move()
    {
        _group.Kill(ErrorCode.NotCoordinator);
        while (_unwritten.TryDequeue(out GroupWrite? write)) write.Done?.Invoke(ErrorCode.NotCoordinator, Now);
        _group = new ClassicGroup("g", _settings);
        if (_written is not null) _group.Restore(_written, Now);
        Coordinator++;
    }

    /// <summary>Everybody does what it should and nothing breaks any more, for longer than any timeout.</summary>
    public void RunQuietly()
    {
        foreach (SimulatedClient client in Clients) client.IsPaused = false;
        for (int step = 0; step < 600; step++)
        {
            foreach (SimulatedClient client in Clients)
            {
                // Somebody starts a fenced client again. A coordinator that moved may fence one whose new id was not written yet.
                if (client.IsFenced) client.Restart();
                client.Step(this);
            }

            WriteOne(ErrorCode.None);
            Advance(100);
        }
    }

    /// <summary>No client does anything any more, for longer than any timeout.</summary>
    public void RunWithoutClients()
    {
        for (int step = 0; step < 10; step++)
        {
            // A new member that does not come back is waited for the longest.
            Advance(ClassicMember.NewMemberWaitMs);
            while (_unwritten.Count > 0) WriteOne(ErrorCode.None);
        }
    }

    private T Settled<T>(T answer)
    {
        Settle();
        return answer;
    }

    private void Settle()
    {
        while (_group.TryTakeWrite(out GroupWrite? write)) _unwritten.Enqueue(write);
    }
}
