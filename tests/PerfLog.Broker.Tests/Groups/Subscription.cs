using PerfLog.Protocol.Messages;
using PerfLog.Wire;

namespace PerfLog.Broker.Tests.Groups;

/// <summary>Subscriptions as consumers send them, in the client's own format.</summary>
internal static class Subscription
{
    public static byte[] Of(params string[] topics) => Of(1, topics);

    public static byte[] Of(short version, params string[] topics)
    {
        var subscription = new ConsumerProtocolSubscription { Topics = [.. topics] };
        byte[] bytes = new byte[sizeof(short) + subscription.Size(version)];
        var writer = new WireWriter(bytes);
        writer.WriteInt16(version);
        subscription.Write(ref writer, version);
        return bytes;
    }
}
