using PerfLog.Protocol.Messages;
using PerfLog.Records;
using PerfLog.Wire;

namespace PerfLog.Broker.Groups;

/// <summary>
/// Makes groups again from their records, in the order in which they were written: the last record of a key holds. Records
/// of kinds that are not known are passed over, as another version of a broker may have written them. One thread.
/// </summary>
internal sealed class GroupReplay(OffsetsPartition home, GroupSettings settings)
{
    private const int TextLength = 256;

    private readonly NamePool _topics = new();
    private readonly ConsumerReplay _consumer = new();
    private readonly Dictionary<string, GroupMetadataValue> _classic = new(StringComparer.Ordinal);
    private Group? _last;

    public void Apply(RecordView record)
    {
        var key = new WireReader(record.Key.Span);
        short type = key.ReadInt16();
        switch (type)
        {
            case LegacyOffsetCommitKey.RecordType:
            case OffsetCommitKey.RecordType:
                ApplyCommit(ref key, record);
                break;
            case GroupMetadataKey.RecordType:
                ApplyMetadata(ref key, record);
                break;
            default:
                _consumer.Apply(type, ref key, record);
                break;
        }
    }

    /// <summary>Puts the members into their groups and opens the partition for clients.</summary>
    public void Finish(GroupRuntime runtime)
    {
        Moment now = runtime.Now;
        foreach ((string id, GroupMetadataValue value) in _classic)
        {
            if (home.GetOrAdd(id, NewGroup).Membership is ClassicGroup group) group.Restore(value, now);
        }

        foreach ((string id, ConsumerGroupImage image) in _consumer.Groups)
        {
            var group = new ConsumerGroup(id, settings.Consumer);
            group.Restore(image, now);
            home.GetOrAdd(id, NewGroup).Membership = group;
        }

        foreach (Group group in home.Groups)
        {
            if (group.Offsets.Count == 0 && group.Membership is ClassicGroup { Generation: 0 }) home.Remove(group);
        }

        if (!home.Open()) return;
        foreach (Group group in home.Groups)
        {
            lock (group.Gate) runtime.Settle(group, now);
        }
    }

    private ClassicGroup NewGroup(string id) => new(id, settings.Classic);

    private void ApplyCommit(ref WireReader key, RecordView record)
    {
        ReadOnlySpan<byte> groupId = key.ReadStringBytes(compact: false, out _);
        ReadOnlySpan<byte> topic = key.ReadStringBytes(compact: false, out _);
        int partition = key.ReadInt32();
        if (key.Failed) return;
        Group group = GroupOf(groupId);
        var place = new TopicPartition(_topics.Get(topic), partition);
        if (record.Value.IsNull) group.Offsets.Remove(place, record.Offset);
        else if (OffsetCommitRecord.TryReadValue(record.Value.Span, record.Offset, out CommittedOffset offset)) group.Offsets.Put(place, offset);
    }

    private void ApplyMetadata(ref WireReader key, RecordView record)
    {
        string id = key.ReadString(compact: false);
        if (key.Failed) return;
        if (record.Value.IsNull)
        {
            _classic.Remove(id);
            return;
        }

        var value = new WireReader(record.Value.Span);
        short version = value.ReadInt16();
        GroupMetadataValue metadata = GroupMetadataValue.Read(ref value, version);
        if (!value.Failed) _classic[id] = metadata;
    }

    /// <summary>A group's commits come in runs, so that the last one is most often the next one.</summary>
    private Group GroupOf(ReadOnlySpan<byte> utf8)
    {
        Span<char> buffer = stackalloc char[TextLength];
        ReadOnlySpan<char> id = Utf8Text.Decode(utf8, buffer);
        if (_last is not null && id.SequenceEqual(_last.Id)) return _last;
        return _last = home.TryFind(id, out Group? known) ? known : home.GetOrAdd(id.ToString(), NewGroup);
    }
}
