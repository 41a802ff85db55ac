using PerfLog.Protocol.Messages;
using PerfLog.Protocol.Serialization;
using PerfLog.Wire;

namespace PerfLog.Protocol.Hot;

/// <summary>
/// Writes a produce response piece by piece, straight from what the broker knows, without message objects. The bytes are
/// those of <see cref="ProduceResponse"/>. Order of calls: head; for each topic its head, its partitions, its end; tail.
/// Each piece has a size of the same arguments, so that the frame's length can be known first.
/// </summary>
/// <param name="version">The version of the request that is answered.</param>
public readonly struct ProduceResponseWriter(short version)
{
    private const uint CurrentLeaderTag = 0;
    private const uint NodeEndpointsTag = 0;
    private const int LeaderBytes = sizeof(int) + sizeof(int) + 1;

    private readonly bool _compact = version >= ProduceResponse.FirstFlexibleVersion;

    private bool HasAppendTime => version >= 2;

    private bool HasLogStart => version >= 5;

    private bool HasErrorDetail => version >= 8;

    private bool HasLeader => version >= 10;

    private bool HasTopicIds => version >= 13;

    /// <summary>The response's header and the number of topics.</summary>
    public int HeadSize(int topics) => ResponseFrame.HeaderSize(ApiKey.Produce, version) + WireSize.ArrayLength(topics, _compact);

    public void WriteHead(ref WireWriter writer, int correlationId, int topics)
    {
        ResponseFrame.WriteHeader(ref writer, ApiKey.Produce, version, correlationId);
        writer.WriteArrayLength(topics, _compact);
    }

    /// <summary>A topic's name or id, whichever the version has, and the number of its partitions.</summary>
    public int TopicSize(int nameBytes, int partitions) =>
        (HasTopicIds ? Uuid.SizeBytes : WireSize.StringBytes(nameBytes, _compact)) + WireSize.ArrayLength(partitions, _compact);

    public void WriteTopic(ref WireWriter writer, scoped ReadOnlySpan<byte> nameUtf8, Uuid id, int partitions)
    {
        if (HasTopicIds) writer.WriteUuid(id);
        else writer.WriteStringBytes(nameUtf8, _compact);
        writer.WriteArrayLength(partitions, _compact);
    }

    public int PartitionSize(in ProducedPartition partition)
    {
        int size = sizeof(int) + sizeof(short) + sizeof(long);
        if (HasAppendTime) size += sizeof(long);
        if (HasLogStart) size += sizeof(long);
        if (HasErrorDetail) size += ErrorDetailSize(partition);
        if (_compact) size += 1;
        if (NamesLeader(partition)) size += TaggedField.Size(CurrentLeaderTag, LeaderBytes);
        return size;
    }

    public void WritePartition(ref WireWriter writer, in ProducedPartition partition)
    {
        writer.WriteInt32(partition.Index);
        writer.WriteInt16((short)partition.Error);
        writer.WriteInt64(partition.BaseOffset);
        if (HasAppendTime) writer.WriteInt64(partition.LogAppendTimeMs);
        if (HasLogStart) writer.WriteInt64(partition.LogStartOffset);
        if (HasErrorDetail) WriteErrorDetail(ref writer, partition);
        if (NamesLeader(partition)) WriteLeader(ref writer, partition);
        else if (_compact) writer.WriteEmptyTaggedFields();
    }

    public int TopicEndSize => _compact ? 1 : 0;

    public void WriteTopicEnd(ref WireWriter writer)
    {
        if (_compact) writer.WriteEmptyTaggedFields();
    }

    /// <summary>The throttle time and, where the version has them, the addresses of leaders that were named.</summary>
    public int TailSize(List<ProduceResponse.NodeEndpoint>? endpoints = null)
    {
        int size = version >= 1 ? sizeof(int) : 0;
        if (_compact) size += 1;
        if (!HasEndpoints(endpoints)) return size;
        return size + TaggedField.Size(NodeEndpointsTag, ElementArray.Size(endpoints, version, compact: true));
    }

    public void WriteTail(ref WireWriter writer, int throttleTimeMs, List<ProduceResponse.NodeEndpoint>? endpoints = null)
    {
        if (version >= 1) writer.WriteInt32(throttleTimeMs);
        if (HasEndpoints(endpoints)) WriteEndpoints(ref writer, endpoints);
        else if (_compact) writer.WriteEmptyTaggedFields();
    }

    private bool NamesLeader(in ProducedPartition partition) => HasLeader && partition.NamesLeader;

    private bool HasEndpoints(List<ProduceResponse.NodeEndpoint>? endpoints) => HasLeader && endpoints is { Count: > 0 };

    private int ErrorDetailSize(in ProducedPartition partition) =>
        WireSize.String(partition.ErrorMessage, _compact) + (partition.RecordErrors is null
            ? WireSize.ArrayLength(0, _compact)
            : ElementArray.Size(partition.RecordErrors, version, _compact));

    private void WriteErrorDetail(ref WireWriter writer, in ProducedPartition partition)
    {
        if (partition.RecordErrors is null) writer.WriteArrayLength(0, _compact);
        else ElementArray.Write(ref writer, partition.RecordErrors, version, _compact);
        writer.WriteString(partition.ErrorMessage, _compact);
    }

    private static void WriteLeader(ref WireWriter writer, in ProducedPartition partition)
    {
        writer.WriteUnsignedVarint(1);
        TaggedField.WriteHead(ref writer, CurrentLeaderTag, LeaderBytes);
        writer.WriteInt32(partition.LeaderId);
        writer.WriteInt32(partition.LeaderEpoch);
        writer.WriteEmptyTaggedFields();
    }

    private void WriteEndpoints(ref WireWriter writer, List<ProduceResponse.NodeEndpoint>? endpoints)
    {
        writer.WriteUnsignedVarint(1);
        TaggedField.WriteHead(ref writer, NodeEndpointsTag, ElementArray.Size(endpoints, version, compact: true));
        ElementArray.Write(ref writer, endpoints, version, compact: true);
    }
}
