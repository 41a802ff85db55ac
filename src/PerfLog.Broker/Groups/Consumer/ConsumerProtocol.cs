using PerfLog.Protocol.Messages;
using PerfLog.Wire;

namespace PerfLog.Broker.Groups;

/// <summary>
/// The bytes that classic consumers put into their requests, for groups whose members the broker assigns for. The bytes belong
/// to the clients, so that anything may stand in them. All methods are pure.
/// </summary>
internal static class ConsumerProtocol
{
    private const short NewestKnown = 3;

    /// <summary>Some clients leave out what their version has beyond the first; such a subscription is read as one of the first.</summary>
    public static bool TryReadSubscription(ReadOnlySpan<byte> metadata, out ConsumerProtocolSubscription subscription) =>
        TryReadSubscription(metadata, VersionOf(metadata), out subscription) || TryReadSubscription(metadata, 0, out subscription);

    /// <summary>What a leader assigned; nothing when that cannot be told.</summary>
    public static PartitionSet ReadAssignment(ReadOnlySpan<byte> bytes, ITopicView topics)
    {
        if (bytes.IsEmpty) return PartitionSet.Empty;
        var reader = new WireReader(bytes[sizeof(short)..]);
        ConsumerProtocolAssignment read = ConsumerProtocolAssignment.Read(ref reader, VersionOf(bytes));
        return reader.Failed ? PartitionSet.Empty : Find(read.AssignedPartitions.Select(static topic => (topic.Topic, topic.Partitions)), topics);
    }

    /// <summary>What a member that subscribes says it has.</summary>
    public static PartitionSet Owned(ConsumerProtocolSubscription subscription, ITopicView topics) =>
        Find(subscription.OwnedPartitions.Select(static topic => (topic.Topic, topic.Partitions)), topics);

    /// <summary>An assignment in the version that the member's own metadata has.</summary>
    public static byte[] Assignment(PartitionSet partitions, Func<Uuid, string?> nameOf, ReadOnlySpan<byte> metadata)
    {
        var assignment = new ConsumerProtocolAssignment();
        foreach ((Uuid id, List<int> numbers) in partitions.ByTopic())
        {
            // A topic that was just deleted has no name any more, and nobody reads it.
            if (nameOf(id) is { } name) assignment.AssignedPartitions.Add(new() { Topic = name, Partitions = numbers });
        }

        short version = VersionOf(metadata);
        byte[] bytes = new byte[sizeof(short) + assignment.Size(version)];
        var writer = new WireWriter(bytes);
        writer.WriteInt16(version);
        assignment.Write(ref writer, version);
        return bytes;
    }

    private static bool TryReadSubscription(ReadOnlySpan<byte> metadata, short version, out ConsumerProtocolSubscription subscription)
    {
        var reader = new WireReader(metadata);
        bool isVersion = reader.ReadInt16() >= 0;
        subscription = ConsumerProtocolSubscription.Read(ref reader, version);
        return !reader.Failed && isVersion;
    }

    private static PartitionSet Find(IEnumerable<(string Topic, List<int> Partitions)> named, ITopicView topics) => PartitionSet.Of(
        from topic in named
        let shape = topics.TryFind(topic.Topic, out TopicShape found) ? found : default
        from number in topic.Partitions
        where number >= 0 && number < shape.Partitions
        select new TopicIdPartition(shape.Id, number));

    /// <summary>A newer version begins as the newest one known.</summary>
    private static short VersionOf(ReadOnlySpan<byte> bytes) => Math.Clamp(new WireReader(bytes).ReadInt16(), (short)0, NewestKnown);
}
