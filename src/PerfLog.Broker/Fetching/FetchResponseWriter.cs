using System.Text;
using PerfLog.Broker.Networking;
using PerfLog.Storage;
using PerfLog.Wire;

namespace PerfLog.Broker.Fetching;

/// <summary>
/// Writes a Fetch answer field by field, with each partition's file region spliced in where its records belong. The layout
/// is that of <c>FetchResponse</c> in the schemas; a test holds the two against each other.
/// </summary>
internal ref struct FetchResponseWriter
{
    private const short FirstFlexible = 12;
    private const short FirstWithTopicIds = 13;

    // Upper bounds of all fields but names and aborted transactions, with room to spare: the buffer is cut to what was
    // written.
    private const int HeaderBytesMax = 48;
    private const int TopicBytesMax = 48;
    private const int PartitionBytesMax = 128;
    private const int AbortedBytes = (2 * sizeof(long)) + 1;

    private const uint DivergingEpochTag = 0;
    private const uint DivergingEpochBytes = sizeof(int) + sizeof(long) + 1;

    private readonly ResponseBuffer _response;
    private readonly short _version;
    private readonly bool _isFlexible;
    private WireWriter _writer;

    private FetchResponseWriter(RequestContext request, int sizeMax)
    {
        _response = request.Response;
        _version = request.Version;
        _isFlexible = _version >= FirstFlexible;
        _writer = new WireWriter(_response.Rent(sizeMax));
    }

    /// <summary>Fills the request's response; takes the targets' regions over.</summary>
    /// <param name="request">The fetch.</param>
    /// <param name="targets">What was found.</param>
    /// <param name="error">For the request as a whole.</param>
    /// <param name="sessionId">The session to go on with; 0 for none.</param>
    /// <param name="all">False leaves out the partitions without news.</param>
    public static void Write(RequestContext request, List<FetchTarget> targets, ErrorCode error, int sessionId, bool all)
    {
        var response = new FetchResponseWriter(request, SizeMax(targets));
        response.WriteHeader(request.CorrelationId, error, sessionId);
        response.WriteTopics(targets, all);
        if (response._isFlexible) response._writer.WriteEmptyTaggedFields();
        ResponseFrame.Finish(request.Response, response._writer.Position);
    }

    private static int SizeMax(List<FetchTarget> targets)
    {
        int bytes = HeaderBytesMax;
        foreach (FetchTarget target in targets)
        {
            bytes += TopicBytesMax + Encoding.UTF8.GetMaxByteCount(target.TopicName.Length) + PartitionBytesMax;
            if (target.Aborted is { } aborted) bytes += aborted.Count * AbortedBytes;
            if (target.Converted is { } converted) bytes += converted.WrittenBytes;
        }

        return bytes;
    }

    private void WriteHeader(int correlationId, ErrorCode error, int sessionId)
    {
        ResponseFrame.WriteHeader(ref _writer, 0, correlationId, _isFlexible ? (short)1 : (short)0);
        if (_version >= 1) _writer.WriteInt32(0);
        if (_version < 7) return;
        _writer.WriteInt16((short)error);
        _writer.WriteInt32(sessionId);
    }

    private void WriteTopics(List<FetchTarget> targets, bool all)
    {
        _writer.WriteArrayLength(CountTopics(targets, all), _isFlexible);
        int index = Next(targets, 0, all);
        while (index < targets.Count)
        {
            FetchTarget first = targets[index];
            WriteTopicStart(first, CountPartitions(targets, index, all));
            for (; index < targets.Count && IsSameTopic(targets[index], first); index = Next(targets, index + 1, all)) WritePartition(targets[index]);
            if (_isFlexible) _writer.WriteEmptyTaggedFields();
        }
    }

    /// <summary>The first target from <paramref name="index"/> on that the answer names.</summary>
    private static int Next(List<FetchTarget> targets, int index, bool all)
    {
        while (index < targets.Count && !all && !targets[index].HasNews) index++;
        return index;
    }

    private static bool IsSameTopic(FetchTarget left, FetchTarget right) =>
        left.TopicId == right.TopicId && left.TopicName == right.TopicName;

    /// <summary>Neighbours of one topic are written as one; a topic may come again later.</summary>
    private static int CountTopics(List<FetchTarget> targets, bool all)
    {
        int count = 0;
        FetchTarget? previous = null;
        for (int index = Next(targets, 0, all); index < targets.Count; index = Next(targets, index + 1, all))
        {
            if (previous is null || !IsSameTopic(previous, targets[index])) count++;
            previous = targets[index];
        }

        return count;
    }

    private static int CountPartitions(List<FetchTarget> targets, int first, bool all)
    {
        int count = 0;
        for (int index = first; index < targets.Count && IsSameTopic(targets[index], targets[first]); index = Next(targets, index + 1, all)) count++;
        return count;
    }

    private void WriteTopicStart(FetchTarget target, int partitions)
    {
        if (_version >= FirstWithTopicIds) _writer.WriteUuid(target.TopicId);
        else _writer.WriteString(target.TopicName, _isFlexible);
        _writer.WriteArrayLength(partitions, _isFlexible);
    }

    private void WritePartition(FetchTarget target)
    {
        _writer.WriteInt32(target.PartitionIndex);
        _writer.WriteInt16((short)target.Error);
        _writer.WriteInt64(target.HighWatermark.Value);
        if (_version >= 4) _writer.WriteInt64(target.LastStableOffset.Value);
        if (_version >= 5) _writer.WriteInt64(target.LogStartOffset.Value);
        if (_version >= 4) WriteAborted(target.Aborted);
        if (_version >= 11) _writer.WriteInt32(BrokerId.None.Value);
        WriteRecords(target);
        if (_isFlexible) WriteTags(target);
    }

    private void WriteAborted(IReadOnlyList<AbortedTransaction>? aborted)
    {
        // Null, as against empty, tells the consumer that it did not ask.
        _writer.WriteArrayLength(aborted?.Count ?? -1, _isFlexible);
        for (int index = 0; index < aborted?.Count; index++)
        {
            _writer.WriteInt64(aborted[index].ProducerId.Value);
            _writer.WriteInt64(aborted[index].FirstOffset.Value);
            if (_isFlexible) _writer.WriteEmptyTaggedFields();
        }
    }

    private void WriteRecords(FetchTarget target)
    {
        if (target.Converted is { } converted)
        {
            _writer.WriteBytes(converted.WrittenSpan, _isFlexible);
            return;
        }

        FileRegion region = target.TakeRegion();
        _writer.WriteBytesLength(region.Length, _isFlexible);
        if (region.Length > 0) _response.AddRegion(_writer.Position, region);
    }

    private void WriteTags(FetchTarget target)
    {
        if (target.DivergingEpoch == LeaderEpoch.None)
        {
            _writer.WriteEmptyTaggedFields();
            return;
        }

        _writer.WriteUnsignedVarint(1);
        _writer.WriteUnsignedVarint(DivergingEpochTag);
        _writer.WriteUnsignedVarint(DivergingEpochBytes);
        _writer.WriteInt32(target.DivergingEpoch.Value);
        _writer.WriteInt64(target.DivergingEndOffset.Value);
        _writer.WriteEmptyTaggedFields();
    }
}
