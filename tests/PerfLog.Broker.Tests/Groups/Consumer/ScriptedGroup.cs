using PerfLog.Broker.Groups;

namespace PerfLog.Broker.Tests.Groups.Consumer;

/// <summary>A consumer group with its clock in the test's hands, whose records go to a table by key as in a compacted log.</summary>
internal sealed class ScriptedGroup(ScriptedTopics topics, ConsumerGroupSettings? settings = null)
{
    public const string Id = "group";

    private readonly Dictionary<string, GroupRecord> _log = [];
    private bool _isBehind;

    public ConsumerGroupSettings Settings { get; } = settings ?? new ConsumerGroupSettings();

    public ConsumerGroup Group { get; private set; } = new(Id, settings ?? new ConsumerGroupSettings());

    public long TickMs { get; set; } = 1_000_000;

    public Moment Now => new(TickMs, new TimestampMs(TickMs));

    public bool WritesFail { get; set; }

    public IReadOnlyCollection<GroupRecord> Log => _log.Values;

    /// <summary>The log has everything that the group knows.</summary>
    public bool LogIsComplete => !_isBehind;

    public HeartbeatAnswer Send(HeartbeatCall call)
    {
        ValueTask<HeartbeatAnswer> answer = Group.Heartbeat(call, topics, Now);
        Settle();
        return answer.AsTask().GetAwaiter().GetResult();
    }

    public HeartbeatAnswer Beat(ScriptedMember member)
    {
        HeartbeatAnswer answer = Send(member.NextCall());
        member.Take(answer);
        return answer;
    }

    public HeartbeatAnswer Leave(ScriptedMember member, int epoch = ConsumerMember.LeaveEpoch)
    {
        HeartbeatAnswer answer = Send(new HeartbeatCall { MemberId = member.Id, InstanceId = member.InstanceId, Epoch = epoch });
        member.Reset();
        return answer;
    }

    public ScriptedMember Join(string id, params string[] names)
    {
        var member = new ScriptedMember(id) { TopicNames = names };
        Beat(member);
        return member;
    }

    public void Pass(long milliseconds)
    {
        TickMs += milliseconds;
        if (Group.NextDeadlineTick <= TickMs) Group.Tick(Now);
        Settle();
    }

    /// <summary>Everybody beats until nothing changes; fails when that takes more rounds than there is to do.</summary>
    public void Converge(IReadOnlyCollection<ScriptedMember> members)
    {
        for (int round = 0; round < 12; round++)
        {
            PartitionSet[] before = [.. members.Select(static member => member.Owned)];
            int epoch = Group.Epoch;
            foreach (ScriptedMember member in members)
            {
                member.Settle();
                Beat(member);
            }

            bool isSame = before.Zip(members, static (owned, member) => owned.Equals(member.Owned)).All(static same => same);
            if (isSame && epoch == Group.Epoch && Group.State is ConsumerGroupState.Stable or ConsumerGroupState.Empty) return;
        }

        Assert.Fail($"The group is still {Group.State}.");
    }

    /// <summary>The broker starts again: all that is left is the log.</summary>
    public void Reload()
    {
        Group.Kill(ErrorCode.NotCoordinator);
        Group = Loaded();
    }

    public ConsumerGroup Loaded()
    {
        var image = new ConsumerGroupImage();
        foreach (GroupRecord record in _log.Values) ImageRecords.Apply(image, record);
        var group = new ConsumerGroup(Id, Settings);
        if (image.Exists) group.Restore(image, Now);
        return group;
    }

    private void Settle()
    {
        while (Group.TryTakeWrite(out GroupWrite? write))
        {
            Assert.NotEmpty(write.Records);
            if (!WritesFail) foreach (GroupRecord record in write.Records) Append(record);
            _isBehind = WritesFail;
            write.Done?.Invoke(WritesFail ? ErrorCode.CoordinatorNotAvailable : ErrorCode.None, Now);
        }
    }

    private void Append(GroupRecord record)
    {
        string key = record.Type + ":" + Convert.ToHexString(ImageRecords.Bytes(record.Key, GroupRecord.KeyVersion));
        if (record.Value is null) _log.Remove(key);
        else _log[key] = record;
    }
}
