using PerfLog.Protocol;

namespace PerfLog.Broker.Groups;

/// <summary>A record of the offsets' topic that is to be written.</summary>
/// <param name="Type">What the key is; stands before it.</param>
/// <param name="Key">The key, in its only version.</param>
/// <param name="Value">Null for a tombstone.</param>
/// <param name="ValueVersion">The version to write the value in; stands before it.</param>
internal readonly record struct GroupRecord(short Type, IProtocolMessage Key, IProtocolMessage? Value, short ValueVersion)
{
    public const short KeyVersion = 0;

    public static GroupRecord Tombstone(short type, IProtocolMessage key) => new(type, key, null, 0);
}
