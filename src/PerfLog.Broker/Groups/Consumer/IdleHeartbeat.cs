using PerfLog.Wire;

namespace PerfLog.Broker.Groups;

/// <summary>
/// A ConsumerGroupHeartbeat request that says only that its member lives, read in place. All other fields are null or -1.
/// </summary>
internal readonly ref struct IdleHeartbeat
{
    private const short FirstWithRegex = 1;
    private const int Unchanged = -1;

    public ReadOnlySpan<byte> GroupId { get; private init; }

    public ReadOnlySpan<byte> MemberId { get; private init; }

    public ReadOnlySpan<byte> InstanceId { get; private init; }

    public bool HasInstanceId { get; private init; }

    public int Epoch { get; private init; }

    /// <returns>False when the request says more, or is malformed; then it is read in full.</returns>
    public static bool TryRead(ReadOnlySpan<byte> body, short version, out IdleHeartbeat heartbeat)
    {
        var reader = new WireReader(body);
        ReadOnlySpan<byte> group = reader.ReadStringBytes(compact: true, out _);
        ReadOnlySpan<byte> member = reader.ReadStringBytes(compact: true, out _);
        int epoch = reader.ReadInt32();
        ReadOnlySpan<byte> instance = reader.ReadStringBytes(compact: true, out bool isDynamic);
        bool isIdle = epoch > 0 && IsNull(ref reader) && reader.ReadInt32() == Unchanged && IsNull(ref reader);
        if (isIdle && version >= FirstWithRegex) isIdle = IsNull(ref reader);
        isIdle = isIdle && IsNull(ref reader) && IsNull(ref reader) && !reader.Failed;
        heartbeat = new IdleHeartbeat { GroupId = group, MemberId = member, InstanceId = instance, HasInstanceId = !isDynamic, Epoch = epoch };
        return isIdle;
    }

    /// <summary>A null string and a null array are written alike.</summary>
    private static bool IsNull(ref WireReader reader) => reader.ReadUnsignedVarint() == 0;
}
