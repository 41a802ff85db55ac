using System.Text;
using PerfLog.Protocol.Messages;
using PerfLog.Wire;

namespace PerfLog.Broker.Groups;

/// <summary>
/// A committed offset as its record has it, written and read in place because there are so many of them. The bytes are those
/// of <see cref="OffsetCommitKey"/> and <see cref="OffsetCommitValue"/>:
/// <code>
/// key    type      int16   1
///        group     string  int16 length and UTF-8
///        topic     string
///        partition int32
/// value  version   int16   3, or 1 for an offset with an end of its own
///        offset    int64
///        epoch     int32   version 3
///        metadata  string
///        committed int64   milliseconds
///        expires   int64   version 1; milliseconds
/// </code>
/// </summary>
internal static class OffsetCommitRecord
{
    private const short CurrentVersion = 3;
    private const short ExpiringVersion = 1;
    private const int FixedKeyBytes = sizeof(short) + sizeof(short) + sizeof(short) + sizeof(int);
    private const int FixedValueBytes = sizeof(short) + sizeof(long) + sizeof(int) + sizeof(short) + sizeof(long) + sizeof(long);

    public static int KeyBytesMax(ReadOnlySpan<char> group, ReadOnlySpan<char> topic) =>
        FixedKeyBytes + Encoding.UTF8.GetMaxByteCount(group.Length) + Encoding.UTF8.GetMaxByteCount(topic.Length);

    public static int ValueBytesMax(in CommittedOffset offset) =>
        FixedValueBytes + Encoding.UTF8.GetMaxByteCount(offset.Metadata!.Length);

    public static void WriteKey(ref WireWriter writer, string group, TopicPartition partition)
    {
        writer.WriteInt16(OffsetCommitKey.RecordType);
        writer.WriteString(group, compact: false);
        writer.WriteString(partition.Topic, compact: false);
        writer.WriteInt32(partition.Partition);
    }

    public static void WriteValue(ref WireWriter writer, in CommittedOffset offset)
    {
        bool hasEnd = offset.ExpiresAt != TimestampMs.None;
        writer.WriteInt16(hasEnd ? ExpiringVersion : CurrentVersion);
        writer.WriteInt64(offset.Offset.Value);
        if (!hasEnd) writer.WriteInt32(offset.LeaderEpoch.Value);
        writer.WriteString(offset.Metadata, compact: false);
        writer.WriteInt64(offset.CommittedAt.Value);
        if (hasEnd) writer.WriteInt64(offset.ExpiresAt.Value);
    }

    /// <summary>Reads a value of any version; false when it is none.</summary>
    public static bool TryReadValue(ReadOnlySpan<byte> value, Offset writtenAt, out CommittedOffset offset)
    {
        var reader = new WireReader(value);
        short version = reader.ReadInt16();
        if (version is CurrentVersion)
        {
            offset = new CommittedOffset(
                new Offset(reader.ReadInt64()),
                new LeaderEpoch(reader.ReadInt32()),
                reader.ReadString(compact: false),
                new TimestampMs(reader.ReadInt64()),
                TimestampMs.None,
                writtenAt);
            return !reader.Failed;
        }

        OffsetCommitValue read = OffsetCommitValue.Read(ref reader, version);
        offset = new CommittedOffset(
            new Offset(read.Offset),
            new LeaderEpoch(read.LeaderEpoch),
            read.Metadata,
            new TimestampMs(read.CommitTimestamp),
            new TimestampMs(read.ExpireTimestamp),
            writtenAt);
        return !reader.Failed;
    }
}
