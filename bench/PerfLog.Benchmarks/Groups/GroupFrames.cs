using PerfLog.Benchmarks.Broker.Frames;
using PerfLog.Wire;

namespace PerfLog.Benchmarks.Groups;

/// <summary>The hot requests about groups, as whole frames: built once, sent as they are. Pure.</summary>
internal static class GroupFrames
{
    private const short OffsetCommitKey = 8;
    private const short OffsetCommitVersion = 8;
    private const short HeartbeatKey = 12;
    private const short HeartbeatVersion = 4;

    /// <summary>A commit of one partition by a group without members.</summary>
    public static byte[] Commit(string group, string topic, int partition, long offset) =>
        Commit(group, [topic], [partition], offset);

    /// <summary>A commit of the same partitions of several topics by a group without members.</summary>
    public static byte[] Commit(string group, string[] topics, int[] partitions, long offset) => FrameWriter.Frame(
        OffsetCommitKey, OffsetCommitVersion, flexible: true, "bench", topics.Length * (64 + (partitions.Length * 32)), (ref writer) =>
        {
            writer.WriteString(group, compact: true);
            writer.WriteInt32(-1);                             // generation: none
            writer.WriteString("", compact: true);             // member: none
            writer.WriteString(null, compact: true);           // instance
            writer.WriteArrayLength(topics.Length, compact: true);
            foreach (string topic in topics)
            {
                writer.WriteString(topic, compact: true);
                writer.WriteArrayLength(partitions.Length, compact: true);
                foreach (int partition in partitions)
                {
                    writer.WriteInt32(partition);
                    writer.WriteInt64(offset);
                    writer.WriteInt32(-1);                     // leader epoch
                    writer.WriteString("", compact: true);     // metadata
                    writer.WriteEmptyTaggedFields();
                }

                writer.WriteEmptyTaggedFields();
            }

            writer.WriteEmptyTaggedFields();
        });

    public static byte[] Heartbeat(string group, int generation, string member) =>
        FrameWriter.Frame(HeartbeatKey, HeartbeatVersion, flexible: true, "bench", 0, (ref writer) =>
        {
            writer.WriteString(group, compact: true);
            writer.WriteInt32(generation);
            writer.WriteString(member, compact: true);
            writer.WriteString(null, compact: true);           // instance
            writer.WriteEmptyTaggedFields();
        });

    /// <summary>Looks at the first partition's error.</summary>
    public static void Committed(ReadOnlySpan<byte> answer)
    {
        var reader = new WireReader(answer);
        reader.ReadInt32();                                    // correlation id
        reader.SkipTaggedFields();
        reader.ReadInt32();                                    // throttle time
        reader.ReadUnsignedVarint();                           // topics
        reader.ReadStringBytes(compact: true, out _);
        reader.ReadUnsignedVarint();                           // partitions
        reader.ReadInt32();
        Answers.Require((ErrorCode)reader.ReadInt16(), "OffsetCommit");
        Answers.RequireWhole(reader);
    }

    public static void Beaten(ReadOnlySpan<byte> answer)
    {
        var reader = new WireReader(answer);
        reader.ReadInt32();                                    // correlation id
        reader.SkipTaggedFields();
        reader.ReadInt32();                                    // throttle time
        Answers.Require((ErrorCode)reader.ReadInt16(), "Heartbeat");
        Answers.RequireWhole(reader);
    }
}
