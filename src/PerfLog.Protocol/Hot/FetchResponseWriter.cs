using PerfLog.Protocol.Messages;
using PerfLog.Protocol.Serialization;
using PerfLog.Wire;

namespace PerfLog.Protocol.Hot;

/// <summary>
/// Writes a fetch response piece by piece, all but the records: those go from the file to the socket. The bytes are those
/// of <see cref="FetchResponse"/>. Order of calls: head; for each topic its head, for each of its partitions a prefix
/// (which ends with the length of the records), then the records by another way, then a suffix; the topic's end; tail.
/// Each piece has a size of the same arguments, so that the frame's length can be known first.
/// </summary>
/// <param name="version">The version of the request that is answered.</param>
public readonly struct FetchResponseWriter(short version)
{
    private const uint DivergingEpochTag = 0;
    private const uint CurrentLeaderTag = 1;
    private const uint NodeEndpointsTag = 0;
    private const int DivergingEpochBytes = sizeof(int) + sizeof(long) + 1;
    private const int LeaderBytes = sizeof(int) + sizeof(int) + 1;
    private const int AbortedBytes = sizeof(long) + sizeof(long);

    private readonly bool _compact = version >= FetchResponse.FirstFlexibleVersion;

    private bool HasTransactions => version >= 4;

    private bool HasLogStart => version >= 5;

    private bool HasSessions => version >= 7;

    private bool HasPreferredReplica => version >= 11;

    private bool HasTopicIds => version >= 13;

    private bool HasEndpoints => version >= 16;

    // The bytes of an empty tag buffer, which ends every struct in flexible versions.
    private int TagsBytes => _compact ? 1 : 0;

    /// <summary>The response's header, the session, and the number of topics.</summary>
    public int HeadSize(int topics)
    {
        int size = ResponseFrame.HeaderSize(ApiKey.Fetch, version) + WireSize.ArrayLength(topics, _compact);
        if (version >= 1) size += sizeof(int);
        if (HasSessions) size += sizeof(short) + sizeof(int);
        return size;
    }

    public void WriteHead(
        ref WireWriter writer, int correlationId, int throttleTimeMs, ErrorCode error, int sessionId, int topics)
    {
        ResponseFrame.WriteHeader(ref writer, ApiKey.Fetch, version, correlationId);
        if (version >= 1) writer.WriteInt32(throttleTimeMs);
        if (HasSessions) writer.WriteInt16((short)error);
        if (HasSessions) writer.WriteInt32(sessionId);
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

    /// <summary>All that stands before the records, their length included.</summary>
    public int PartitionPrefixSize(in FetchedPartition partition)
    {
        int size = sizeof(int) + sizeof(short) + sizeof(long);
        if (HasTransactions) size += sizeof(long) + AbortedSize(partition);
        if (HasLogStart) size += sizeof(long);
        if (HasPreferredReplica) size += sizeof(int);
        if (partition.RecordsBytes < 0) return size + WireSize.NullBytes(_compact);
        return size + WireSize.BytesLength(partition.RecordsBytes, _compact);
    }

    public void WritePartitionPrefix(ref WireWriter writer, in FetchedPartition partition)
    {
        writer.WriteInt32(partition.Index);
        writer.WriteInt16((short)partition.Error);
        writer.WriteInt64(partition.HighWatermark);
        if (HasTransactions) writer.WriteInt64(partition.LastStableOffset);
        if (HasLogStart) writer.WriteInt64(partition.LogStartOffset);
        if (HasTransactions) WriteAborted(ref writer, partition);
        if (HasPreferredReplica) writer.WriteInt32(partition.PreferredReadReplica);
        if (partition.RecordsBytes < 0) writer.WriteNullBytes(_compact);
        else writer.WriteBytesLength(partition.RecordsBytes, _compact);
    }

    /// <summary>All that stands behind the records: nothing at all before the flexible versions.</summary>
    public int PartitionSuffixSize(in FetchedPartition partition)
    {
        if (!_compact) return 0;
        int size = 1;
        if (partition.Diverges) size += TaggedField.Size(DivergingEpochTag, DivergingEpochBytes);
        if (partition.NamesLeader) size += TaggedField.Size(CurrentLeaderTag, LeaderBytes);
        return size;
    }

    public void WritePartitionSuffix(ref WireWriter writer, in FetchedPartition partition)
    {
        if (!_compact) return;
        writer.WriteUnsignedVarint((partition.Diverges ? 1u : 0u) + (partition.NamesLeader ? 1u : 0u));
        if (partition.Diverges) WriteDivergingEpoch(ref writer, partition);
        if (partition.NamesLeader) WriteLeader(ref writer, partition);
    }

    public int TopicEndSize => TagsBytes;

    public void WriteTopicEnd(ref WireWriter writer)
    {
        if (_compact) writer.WriteEmptyTaggedFields();
    }

    /// <summary>Where the version has them, the addresses of leaders that were named.</summary>
    public int TailSize(List<FetchResponse.NodeEndpoint>? endpoints = null)
    {
        if (!HasEndpoints || endpoints is not { Count: > 0 }) return TagsBytes;
        return TagsBytes + TaggedField.Size(NodeEndpointsTag, ElementArray.Size(endpoints, version, compact: true));
    }

    public void WriteTail(ref WireWriter writer, List<FetchResponse.NodeEndpoint>? endpoints = null)
    {
        if (HasEndpoints && endpoints is { Count: > 0 }) WriteEndpoints(ref writer, endpoints);
        else if (_compact) writer.WriteEmptyTaggedFields();
    }

    private int AbortedSize(in FetchedPartition partition)
    {
        if (!partition.ListsAborted) return WireSize.NullArray(_compact);
        int count = partition.Aborted.Length;
        return WireSize.ArrayLength(count, _compact) + (count * (AbortedBytes + TagsBytes));
    }

    private void WriteAborted(ref WireWriter writer, in FetchedPartition partition)
    {
        writer.WriteArrayLength(partition.ListsAborted ? partition.Aborted.Length : -1, _compact);
        if (!partition.ListsAborted) return;
        foreach (AbortedTransaction transaction in partition.Aborted.Span)
        {
            writer.WriteInt64(transaction.ProducerId);
            writer.WriteInt64(transaction.FirstOffset);
            if (_compact) writer.WriteEmptyTaggedFields();
        }
    }

    private static void WriteDivergingEpoch(ref WireWriter writer, in FetchedPartition partition)
    {
        TaggedField.WriteHead(ref writer, DivergingEpochTag, DivergingEpochBytes);
        writer.WriteInt32(partition.DivergingEpoch);
        writer.WriteInt64(partition.DivergingEndOffset);
        writer.WriteEmptyTaggedFields();
    }

    private static void WriteLeader(ref WireWriter writer, in FetchedPartition partition)
    {
        TaggedField.WriteHead(ref writer, CurrentLeaderTag, LeaderBytes);
        writer.WriteInt32(partition.LeaderId);
        writer.WriteInt32(partition.LeaderEpoch);
        writer.WriteEmptyTaggedFields();
    }

    private void WriteEndpoints(ref WireWriter writer, List<FetchResponse.NodeEndpoint> endpoints)
    {
        writer.WriteUnsignedVarint(1);
        TaggedField.WriteHead(ref writer, NodeEndpointsTag, ElementArray.Size(endpoints, version, compact: true));
        ElementArray.Write(ref writer, endpoints, version, compact: true);
    }
}
