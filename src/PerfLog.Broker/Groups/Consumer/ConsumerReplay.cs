using PerfLog.Protocol;
using PerfLog.Protocol.Messages;
using PerfLog.Records;
using PerfLog.Wire;

namespace PerfLog.Broker.Groups;

/// <summary>Gathers consumer groups from the records of one partition of the offsets' topic. One thread.</summary>
internal sealed class ConsumerReplay
{
    private readonly Dictionary<string, ConsumerGroupImage> _groups = new(StringComparer.Ordinal);

    /// <summary>The groups that exist by their records.</summary>
    public IEnumerable<KeyValuePair<string, ConsumerGroupImage>> Groups => _groups.Where(static group => group.Value.Exists);

    /// <summary>Takes a record whose type has been read; one of another kind is passed over.</summary>
    public void Apply(short type, ref WireReader key, RecordView record)
    {
        if (type is < ConsumerGroupMetadataKey.RecordType or > ConsumerGroupRegularExpressionKey.RecordType) return;
        string group = key.ReadString(compact: false);
        string name = type is ConsumerGroupMetadataKey.RecordType or ConsumerGroupTargetAssignmentMetadataKey.RecordType
            or ConsumerGroupPartitionMetadataKey.RecordType ? "" : key.ReadString(compact: false);
        if (!key.Failed) Apply(type, group, name, record);
    }

    private void Apply(short type, string group, string name, RecordView record)
    {
        switch (type)
        {
            case ConsumerGroupMetadataKey.RecordType:
                if (TryRead(record, out ConsumerGroupMetadataValue? state)) ImageOf(group).Set(state);
                break;
            case ConsumerGroupTargetAssignmentMetadataKey.RecordType:
                if (TryRead(record, out ConsumerGroupTargetAssignmentMetadataValue? epoch)) ImageOf(group).Set(epoch);
                break;
            case ConsumerGroupMemberMetadataKey.RecordType:
                if (TryRead(record, out ConsumerGroupMemberMetadataValue? member)) ImageOf(group).Set(name, member);
                break;
            case ConsumerGroupTargetAssignmentMemberKey.RecordType:
                if (TryRead(record, out ConsumerGroupTargetAssignmentMemberValue? target)) ImageOf(group).Set(name, target);
                break;
            case ConsumerGroupCurrentMemberAssignmentKey.RecordType:
                if (TryRead(record, out ConsumerGroupCurrentMemberAssignmentValue? current)) ImageOf(group).Set(name, current);
                break;
            case ConsumerGroupRegularExpressionKey.RecordType:
                if (TryRead(record, out ConsumerGroupRegularExpressionValue? regex)) ImageOf(group).Set(name, regex);
                break;
        }
    }

    /// <returns>False for a value that cannot be read; a tombstone is read as null.</returns>
    private static bool TryRead<TValue>(RecordView record, out TValue? value)
        where TValue : class, IReadable<TValue>
    {
        value = null;
        if (record.Value.IsNull) return true;
        var reader = new WireReader(record.Value.Span);
        short version = reader.ReadInt16();
        value = TValue.Read(ref reader, version);
        return !reader.Failed;
    }

    private ConsumerGroupImage ImageOf(string group)
    {
        if (!_groups.TryGetValue(group, out ConsumerGroupImage? image)) _groups.Add(group, image = new ConsumerGroupImage());
        return image;
    }
}
