using PerfLog.Broker.Groups;
using PerfLog.Protocol.Messages;

namespace PerfLog.Broker.Tests.Groups;

/// <summary>A classic group with a clock that a test turns, and a disk that writes when it is told to.</summary>
internal sealed class GroupRig
{
    public const int SessionMs = 10_000;
    public const int RebalanceMs = 20_000;
    public const int DelayMs = 3_000;

    private readonly Queue<GroupWrite> _unwritten = new();
    private int _ids;

    public GroupRig(ClassicGroupSettings? settings = null) =>
        Group = new ClassicGroup("g", settings ?? new ClassicGroupSettings { InitialRebalanceDelayMs = DelayMs });

    public ClassicGroup Group { get; }

    public long NowMs { get; private set; } = 1_000_000;

    public Moment Now => new(NowMs, new TimestampMs(NowMs));

    /// <summary>Writes are complete as soon as they are asked for.</summary>
    public bool WritesAtOnce { get; set; } = true;

    /// <summary>What the disk says to the next writes.</summary>
    public ErrorCode DiskError { get; set; }

    /// <summary>What is on the disk; null before the first record.</summary>
    public GroupMetadataValue? Written { get; private set; }

    public int UnwrittenCount => _unwritten.Count;

    public Task<JoinAnswer> Join(
        string memberId = "", string? instance = null, byte[]? metadata = null, int version = 9, string type = "consumer",
        int sessionMs = SessionMs, params string[] protocols)
    {
        IEnumerable<string> names = protocols.Length == 0 ? ["range"] : protocols;
        Task<JoinAnswer> answer = Group.Join(
            new JoinCall
            {
                MemberId = memberId,
                NewMemberId = memberId.Length == 0 ? $"m{++_ids}" : "",
                InstanceId = instance,
                ClientId = "client",
                ClientHost = "/127.0.0.1",
                SessionTimeoutMs = sessionMs,
                RebalanceTimeoutMs = RebalanceMs,
                ProtocolType = type,
                Protocols = [.. names.Select(name => new MemberProtocol(name, metadata ?? Subscription.Of("t")))],
                NeedsKnownId = version >= 4,
                MaySkipAssignment = version >= 9,
            },
            Now);
        Settle();
        return answer;
    }

    /// <summary>Joins as newer clients do: asks for an id and comes back with it.</summary>
    public (string Id, Task<JoinAnswer> Answer) JoinNew(byte[]? metadata = null, params string[] protocols)
    {
        JoinAnswer given = Done(Join(metadata: metadata, protocols: protocols));
        Assert.Equal(ErrorCode.MemberIdRequired, given.Error);
        return (given.MemberId, Join(given.MemberId, metadata: metadata, protocols: protocols));
    }

    public Task<SyncAnswer> Sync(JoinAnswer joined, params (string Member, byte[] Assignment)[] assignments) =>
        Sync(joined.MemberId, joined.Generation, assignments);

    public Task<SyncAnswer> Sync(string memberId, int generation, params (string Member, byte[] Assignment)[] assignments)
    {
        Task<SyncAnswer> answer = Group.Sync(
            new SyncCall
            {
                MemberId = memberId,
                Generation = generation,
                Assignments = assignments.ToDictionary(static one => one.Member, static one => one.Assignment),
            },
            Now);
        Settle();
        return answer;
    }

    public ErrorCode Heartbeat(string memberId, int generation, string? instance = null) =>
        Group.Heartbeat(new MemberClaim(memberId, instance, generation), Now);

    public ErrorCode Commit(string memberId, int generation, string? instance = null) =>
        Group.CheckCommit(new MemberClaim(memberId, instance, generation), Now);

    public ErrorCode Leave(string memberId, string? instance = null)
    {
        ErrorCode error = Group.Leave(memberId, instance, null, Now);
        Settle();
        return error;
    }

    /// <summary>Turns the clock, waking the group when it wants to be woken.</summary>
    public void Advance(long milliseconds)
    {
        long end = NowMs + milliseconds;
        while (Group.NextDeadlineTick <= end)
        {
            NowMs = Math.Max(NowMs, Group.NextDeadlineTick);
            Group.Tick(Now);
            Settle();
            Assert.True(Group.NextDeadlineTick > NowMs, "The group wants to be woken again and again.");
        }

        NowMs = end;
    }

    /// <summary>Completes the oldest write that is under way.</summary>
    public void WriteOne(ErrorCode error)
    {
        if (!_unwritten.TryDequeue(out GroupWrite? write)) return;
        if (error == ErrorCode.None) Written = (GroupMetadataValue)write.Records[0].Value!;
        write.Done?.Invoke(error, Now);
        Settle();
    }

    /// <summary>A group of so many stable members, made as newer clients do; the first leads.</summary>
    public JoinAnswer[] MakeStable(int members)
    {
        var joins = Enumerable.Range(0, members).Select(_ => JoinNew().Answer).ToArray();
        Advance(DelayMs * 2);
        JoinAnswer[] joined = [.. joins.Select(Done)];
        JoinAnswer leader = joined.Single(static one => one.Leader == one.MemberId);
        foreach (JoinAnswer follower in joined.Where(one => one != leader)) Sync(follower);
        Sync(leader, [.. joined.Select(static one => (one.MemberId, Assignment(one.MemberId)))]);
        Assert.Equal(ClassicState.Stable, Group.State);
        return joined;
    }

    /// <summary>Bytes that only this member can have been assigned.</summary>
    public static byte[] Assignment(string memberId) => System.Text.Encoding.UTF8.GetBytes($"for {memberId}");

    /// <summary>What has been answered by now.</summary>
    public static T Done<T>(Task<T> answer)
    {
        Assert.True(answer.IsCompletedSuccessfully, "The answer is not there yet.");
        return answer.Result;
    }

    private void Settle()
    {
        while (Group.TryTakeWrite(out GroupWrite? write)) _unwritten.Enqueue(write);
        if (WritesAtOnce && _unwritten.Count > 0) WriteOne(DiskError);
    }
}
