using PerfLog.Broker.Groups;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;
using PerfLog.Wire;

namespace PerfLog.Broker.Tests.Groups.Consumer;

/// <summary>Puts records into an image, by way of their bytes as a broker would.</summary>
internal static class ImageRecords
{
    public static byte[] Bytes(IProtocolMessage message, short version)
    {
        var bytes = new byte[message.Size(version)];
        var writer = new WireWriter(bytes);
        message.Write(ref writer, version);
        return bytes;
    }

    public static void Apply(ConsumerGroupImage image, GroupRecord record)
    {
        switch (record.Key)
        {
            case ConsumerGroupMetadataKey:
                image.Set(Value<ConsumerGroupMetadataValue>(record));
                break;
            case ConsumerGroupTargetAssignmentMetadataKey:
                image.Set(Value<ConsumerGroupTargetAssignmentMetadataValue>(record));
                break;
            case ConsumerGroupMemberMetadataKey key:
                image.Set(key.MemberId, Value<ConsumerGroupMemberMetadataValue>(record));
                break;
            case ConsumerGroupTargetAssignmentMemberKey key:
                image.Set(key.MemberId, Value<ConsumerGroupTargetAssignmentMemberValue>(record));
                break;
            case ConsumerGroupCurrentMemberAssignmentKey key:
                image.Set(key.MemberId, Value<ConsumerGroupCurrentMemberAssignmentValue>(record));
                break;
            case ConsumerGroupRegularExpressionKey key:
                image.Set(key.RegularExpression, Value<ConsumerGroupRegularExpressionValue>(record));
                break;
            default:
                Assert.Fail($"{record.Key} is no record of a consumer group.");
                break;
        }
    }

    private static TValue? Value<TValue>(GroupRecord record)
        where TValue : class, IReadable<TValue>
    {
        if (record.Value is null) return null;
        var reader = new WireReader(Bytes(record.Value, record.ValueVersion));
        TValue value = TValue.Read(ref reader, record.ValueVersion);
        Assert.False(reader.Failed);
        return value;
    }
}
