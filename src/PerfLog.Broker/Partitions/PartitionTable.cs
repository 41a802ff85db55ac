using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using PerfLog.Replication;

namespace PerfLog.Broker.Partitions;

/// <summary>
/// Finds hosted topics and partitions by what requests carry: UTF-8 names, strings, ids. Lookups come from any thread and
/// allocate nothing; only the thread that applies metadata changes it.
/// </summary>
internal sealed class PartitionTable
{
    private readonly ConcurrentDictionary<string, HostedTopic> _byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Uuid, HostedTopic> _byId = new();
    private readonly ConcurrentDictionary<string, HostedTopic>.AlternateLookup<ReadOnlySpan<char>> _byChars;

    public PartitionTable() => _byChars = _byName.GetAlternateLookup<ReadOnlySpan<char>>();

    public IEnumerable<HostedTopic> Topics => _byName.Values;

    public HostedTopic? Find(string name) => _byName.GetValueOrDefault(name);

    public HostedTopic? Find(Uuid id) => _byId.GetValueOrDefault(id);

    public HostedTopic? Find(ReadOnlySpan<byte> utf8Name)
    {
        // No longer name is legal, so a longer one names no topic.
        if (utf8Name.Length > TopicName.LengthMax) return null;
        Span<char> name = stackalloc char[TopicName.LengthMax];
        int length = Encoding.UTF8.GetChars(utf8Name, name);
        return _byChars.TryGetValue(name[..length], out HostedTopic? topic) ? topic : null;
    }

    public ErrorCode TryFind(string topicName, int index, [NotNullWhen(true)] out Partition? partition)
    {
        partition = Find(topicName)?.Find(index);
        return partition is null ? ErrorCode.UnknownTopicOrPartition : ErrorCode.None;
    }

    public void Add(HostedTopic topic)
    {
        _byName[topic.Name] = topic;
        _byId[topic.Id] = topic;
    }

    public void Remove(HostedTopic topic)
    {
        _byName.TryRemove(KeyValuePair.Create(topic.Name, topic));
        _byId.TryRemove(KeyValuePair.Create(topic.Id, topic));
    }
}
