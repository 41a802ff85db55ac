using System.Buffers.Binary;
using PerfLog.Client.Consuming;
using PerfLog.Protocol.Messages;
using PerfLog.Wire;

namespace PerfLog.Client.Groups;

/// <summary>
/// The bytes that members of a consumer group tell each other through the coordinator, each behind an int16 version. A newer
/// version is read as the newest one known. All methods are pure.
/// </summary>
internal static class MemberMessages
{
    public const string Type = "consumer";

    private const short WrittenVersion = 3;

    /// <summary>What a member of the group subscribes to and has.</summary>
    public static byte[] Subscription(
        IReadOnlyCollection<string> topics, IReadOnlyCollection<TopicPartition> owned, int generation, string rack)
    {
        ConsumerProtocolSubscription subscription = new()
        {
            Topics = [.. topics],
            OwnedPartitions = [.. owned.GroupBy(static partition => partition.Topic).Select(static topic =>
                new ConsumerProtocolSubscription.TopicPartition { Topic = topic.Key, Partitions = [.. topic.Select(static partition => partition.Partition)] })],
            GenerationId = generation,
            RackId = rack.Length == 0 ? null : rack,
        };
        byte[] bytes = new byte[sizeof(short) + subscription.Size(WrittenVersion)];
        var writer = new WireWriter(bytes);
        writer.WriteInt16(WrittenVersion);
        subscription.Write(ref writer, WrittenVersion);
        return bytes;
    }

    public static GroupMemberSubscription ReadSubscription(string member, string? instance, byte[] bytes)
    {
        var reader = new WireReader(bytes);
        short version = Known(reader.ReadInt16());
        ConsumerProtocolSubscription read = ConsumerProtocolSubscription.Read(ref reader, version);
        if (reader.Failed) throw new ConsumeException(ErrorCode.InconsistentGroupProtocol, $"member {member}", $"its subscription cannot be read: {reader.Failure}");
        List<TopicPartition> owned = [.. read.OwnedPartitions.SelectMany(static topic => topic.Partitions.Select(partition => new TopicPartition(topic.Topic, partition)))];
        int generation = version >= 2 ? read.GenerationId : StickyGeneration(read.UserData);
        return new GroupMemberSubscription(member, instance, read.Topics, owned, generation);
    }

    public static byte[] Assignment(IReadOnlyCollection<TopicPartition> partitions)
    {
        ConsumerProtocolAssignment assignment = new()
        {
            AssignedPartitions = [.. partitions.GroupBy(static partition => partition.Topic).Select(static topic =>
                new ConsumerProtocolAssignment.TopicPartition { Topic = topic.Key, Partitions = [.. topic.Select(static partition => partition.Partition)] })],
        };
        byte[] bytes = new byte[sizeof(short) + assignment.Size(WrittenVersion)];
        var writer = new WireWriter(bytes);
        writer.WriteInt16(WrittenVersion);
        assignment.Write(ref writer, WrittenVersion);
        return bytes;
    }

    /// <summary>What the leader assigned; nothing when it sent no bytes at all.</summary>
    public static IReadOnlyList<TopicPartition> ReadAssignment(byte[] bytes)
    {
        if (bytes.Length == 0) return [];
        return TryReadAssignment(bytes, out IReadOnlyList<TopicPartition> partitions, out string? failure)
            ? partitions
            : throw new ConsumeException(ErrorCode.InconsistentGroupProtocol, "the group's leader", $"its assignment cannot be read: {failure}");
    }

    /// <summary>Reads an assignment that may be anything.</summary>
    /// <param name="bytes">What a leader gave a member.</param>
    /// <param name="partitions">The partitions, in the leader's order; none when it cannot be read.</param>
    /// <param name="failure">Why it cannot be read; null when it can.</param>
    public static bool TryReadAssignment(byte[] bytes, out IReadOnlyList<TopicPartition> partitions, out string? failure)
    {
        var reader = new WireReader(bytes);
        short version = Known(reader.ReadInt16());
        ConsumerProtocolAssignment read = ConsumerProtocolAssignment.Read(ref reader, version);
        failure = reader.Failure;
        partitions = reader.Failed
            ? []
            : [.. read.AssignedPartitions.SelectMany(static topic => topic.Partitions.Select(partition => new TopicPartition(topic.Topic, partition)))];
        return !reader.Failed;
    }

    // Older cooperative members say their generation there.
    private static int StickyGeneration(byte[]? userData) =>
        userData is { Length: sizeof(int) } ? BinaryPrimitives.ReadInt32BigEndian(userData) : -1;

    private static short Known(short version) => Math.Clamp(version, (short)0, WrittenVersion);
}
