using PerfLog.Broker.Groups;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;
using PerfLog.Wire;

namespace PerfLog.Broker.Tests.Groups;

/// <summary>Goal: what is written by hand is what the schemas say, byte for byte, and every version is read back.</summary>
public sealed class OffsetCommitRecordTests
{
    private static readonly CommittedOffset Forever =
        new(new Offset(42), new LeaderEpoch(7), "a nöte", new TimestampMs(1_700_000_000_000), TimestampMs.None, new Offset(99));

    private static readonly CommittedOffset Ending = Forever with { LeaderEpoch = LeaderEpoch.None, ExpiresAt = new TimestampMs(1_700_000_060_000) };

    [Fact]
    public void The_key_is_the_schemas()
    {
        byte[] written = new byte[OffsetCommitRecord.KeyBytesMax("grüppe", "topic")];
        var writer = new WireWriter(written);

        OffsetCommitRecord.WriteKey(ref writer, "grüppe", new TopicPartition("topic", 3));

        Assert.Equal(Bytes(1, new OffsetCommitKey { Group = "grüppe", Topic = "topic", Partition = 3 }, 0), writer.Written.ToArray());
    }

    [Fact]
    public void The_value_is_the_schemas_with_and_without_an_end()
    {
        Assert.Equal(Bytes(3, Value(Forever), 3), Written(Forever));
        Assert.Equal(Bytes(1, Value(Ending), 1), Written(Ending));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_version_of_a_value_is_read(short version)
    {
        byte[] bytes = Bytes(version, Value(version == 1 ? Ending : Forever), version);

        Assert.True(OffsetCommitRecord.TryReadValue(bytes, new Offset(99), out CommittedOffset read));

        CommittedOffset expected = version == 1 ? Ending : Forever;
        Assert.Equal(version >= 3 ? expected : expected with { LeaderEpoch = LeaderEpoch.None }, read);
    }

    [Fact]
    public void A_value_that_is_cut_off_or_unknown_is_refused()
    {
        byte[] bytes = Bytes(3, Value(Forever), 3);
        for (int length = 0; length < bytes.Length; length++)
            Assert.False(OffsetCommitRecord.TryReadValue(bytes.AsSpan(0, length), Offset.Zero, out _));
        bytes[1] = 77;
        Assert.False(OffsetCommitRecord.TryReadValue(bytes, Offset.Zero, out _));
    }

    private static byte[] Written(CommittedOffset offset)
    {
        byte[] written = new byte[OffsetCommitRecord.ValueBytesMax(offset)];
        var writer = new WireWriter(written);
        OffsetCommitRecord.WriteValue(ref writer, offset);
        return writer.Written.ToArray();
    }

    private static OffsetCommitValue Value(CommittedOffset offset) => new()
    {
        Offset = offset.Offset.Value,
        LeaderEpoch = offset.LeaderEpoch.Value,
        Metadata = offset.Metadata!,
        CommitTimestamp = offset.CommittedAt.Value,
        ExpireTimestamp = offset.ExpiresAt.Value,
    };

    private static byte[] Bytes(short prefix, IProtocolMessage message, short version)
    {
        byte[] bytes = new byte[sizeof(short) + message.Size(version)];
        var writer = new WireWriter(bytes);
        writer.WriteInt16(prefix);
        message.Write(ref writer, version);
        return bytes;
    }
}
