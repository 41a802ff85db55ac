using PerfLog.Wire;

namespace PerfLog.Broker.Groups;

/// <summary>
/// Reads what consumers tell their leader, as far as the coordinator is concerned: the topics. The bytes belong to the
/// clients, so that anything may stand in them. All methods are pure.
/// </summary>
internal static class ConsumerSubscription
{
    public const string ProtocolType = "consumer";

    private const int StringBytesMin = sizeof(short);

    /// <summary>Adds the topics that the metadata subscribes to; false when it is no subscription.</summary>
    public static bool TryReadTopics(ReadOnlySpan<byte> metadata, ISet<string> topics)
    {
        var reader = new WireReader(metadata);

        // Every version begins alike, those to come included.
        short version = reader.ReadInt16();
        int count = reader.ReadArrayLength(compact: false, StringBytesMin);
        for (int index = 0; index < count && !reader.Failed; index++) topics.Add(reader.ReadString(compact: false));
        return !reader.Failed && version >= 0;
    }

    /// <summary>Whether both subscribe to the same topics; false when that cannot be told.</summary>
    public static bool HaveSameTopics(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        HashSet<string> ofLeft = [], ofRight = [];
        return TryReadTopics(left, ofLeft) && TryReadTopics(right, ofRight) && ofLeft.SetEquals(ofRight);
    }
}
