using PerfLog.Broker.Groups;
using PerfLog.Broker.Tests.Groups.Consumer;
using PerfLog.Protocol.Messages;
using PerfLog.Wire;

namespace PerfLog.Broker.Tests.Groups.Migration;

/// <summary>
/// A group that members of both protocols come to, with its clock in the test's hands. Its records go to a table by key as in a
/// compacted log, in the order in which they are written.
/// </summary>
internal sealed class MixedGroup(ScriptedTopics topics, MigrationPolicy policy = MigrationPolicy.Bidirectional)
{
    public const string Id = "group";

    private readonly Dictionary<string, GroupRecord> _log = [];

    public ScriptedTopics Topics { get; } = topics;

    public ClassicGroupSettings Classic { get; } = new() { InitialRebalanceDelayMs = 0 };

    public ConsumerGroupSettings Settings => new() { Migration = policy, Classic = Classic, RegexIntervalMs = 0 };

    public GroupMembership Membership { get; private set; } = new ClassicGroup(Id, new ClassicGroupSettings { InitialRebalanceDelayMs = 0 });

    public ConsumerGroup Consumer => Assert.IsType<ConsumerGroup>(Membership);

    public long TickMs { get; private set; } = 1_000_000;

    public Moment Now => new(TickMs, new TimestampMs(TickMs));

    public IEnumerable<string> Kinds => _log.Values.Select(static record => record.Key.GetType().Name).Distinct().Order(StringComparer.Ordinal);

    public HeartbeatAnswer Beat(ScriptedMember member)
    {
        HeartbeatAnswer answer = Send(member.NextCall());
        member.Take(answer);
        return answer;
    }

    public HeartbeatAnswer Send(HeartbeatCall call)
    {
        GroupMembership membership = Membership;
        ValueTask<HeartbeatAnswer> answer = GroupConversion.Heartbeat(ref membership, call, Settings, Topics, Now);
        Membership = membership;
        Settle();
        return answer.AsTask().GetAwaiter().GetResult();
    }

    public void Leave(ScriptedMember member, int epoch = ConsumerMember.LeaveEpoch)
    {
        Send(new HeartbeatCall { MemberId = member.Id, InstanceId = member.InstanceId, Epoch = epoch });
        member.Reset();
    }

    public Task<JoinAnswer> Join(JoinCall call)
    {
        GroupMembership membership = Membership;
        Task<JoinAnswer> answer = GroupConversion.Join(ref membership, call, Classic, Topics, Now);
        Membership = membership;
        Settle();
        return answer;
    }

    public Task<SyncAnswer> Sync(SyncCall call)
    {
        Task<SyncAnswer> answer = Membership is ConsumerGroup consumer
            ? Task.FromResult(consumer.Guests.Sync(call, Topics, Now))
            : ((ClassicGroup)Membership).Sync(call, Now);
        Settle();
        return answer;
    }

    public ErrorCode Heartbeat(string memberId, string? instance, int generation)
    {
        var claim = new MemberClaim(memberId, instance, generation);
        ErrorCode error = Membership is ConsumerGroup consumer
            ? consumer.Guests.Heartbeat(claim, Topics, Now)
            : ((ClassicGroup)Membership).Heartbeat(claim, Now);
        Settle();
        return error;
    }

    public ErrorCode LeaveClassic(string memberId, string? instance)
    {
        ErrorCode error = Membership is ConsumerGroup consumer
            ? consumer.Remove(memberId, instance, null, Now)
            : ((ClassicGroup)Membership).Leave(memberId, instance, null, Now);
        Settle();
        return error;
    }

    /// <summary>Turns the clock, waking the group when it wants to be woken.</summary>
    public void Pass(long milliseconds)
    {
        long end = TickMs + milliseconds;
        for (int wakes = 0; Membership.NextDeadlineTick <= end; wakes++)
        {
            Assert.True(wakes < 1000, "The group wants to be woken again and again.");
            TickMs = Math.Max(TickMs, Membership.NextDeadlineTick);
            Membership.Tick(Now);
            Settle();
        }

        TickMs = end;
    }

    /// <summary>The broker starts again: all that is left is the log.</summary>
    public void Reload()
    {
        Membership.Kill(ErrorCode.NotCoordinator);
        Membership = Loaded();
        Settle();
    }

    public GroupMembership Loaded()
    {
        var image = new ConsumerGroupImage();
        var classic = new ClassicGroup(Id, Classic);
        foreach (GroupRecord record in _log.Values)
        {
            if (record.Value is GroupMetadataValue) classic.Restore(Read(record), Now);
            else ImageRecords.Apply(image, record);
        }

        if (!image.Exists) return classic;
        var consumer = new ConsumerGroup(Id, Settings);
        consumer.Restore(image, Now);
        return consumer;
    }

    private void Settle()
    {
        while (true)
        {
            while (Membership.TryTakeWrite(out GroupWrite? write))
            {
                foreach (GroupRecord record in write.Records) Append(record);
                write.Done?.Invoke(ErrorCode.None, Now);
            }

            if (Membership.Successor is not { } successor) return;
            Membership = successor;
        }
    }

    private void Append(GroupRecord record)
    {
        string key = record.Type + ":" + Convert.ToHexString(ImageRecords.Bytes(record.Key, GroupRecord.KeyVersion));
        if (record.Value is null) _log.Remove(key);
        else _log[key] = record;
    }

    private static GroupMetadataValue Read(GroupRecord record)
    {
        var reader = new WireReader(ImageRecords.Bytes(record.Value!, record.ValueVersion));
        return GroupMetadataValue.Read(ref reader, record.ValueVersion);
    }
}
