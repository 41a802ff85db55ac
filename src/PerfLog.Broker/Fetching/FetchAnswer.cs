using System.Text;
using PerfLog.Broker.Networking;
using PerfLog.Protocol.Hot;
using PerfLog.Wire;

namespace PerfLog.Broker.Fetching;

/// <summary>
/// Puts a fetch's answer together, each partition's file region spliced in where its records belong. It lives on the stack
/// while one answer is written.
/// </summary>
internal ref struct FetchAnswer
{
    private const int NameBytesMax = 3 * TopicName.LengthMax;

    private readonly FetchResponseWriter _pieces;
    private readonly ResponseBuffer _response;
    private WireWriter _writer;

    private FetchAnswer(RequestContext request, int sizeBytes)
    {
        _pieces = new FetchResponseWriter(request.Version);
        _response = request.Response;
        _writer = new WireWriter(_response.Rent(sizeBytes));
    }

    /// <summary>Fills the request's response; takes the targets' regions over.</summary>
    /// <param name="request">The fetch.</param>
    /// <param name="targets">What was found.</param>
    /// <param name="error">For the request as a whole.</param>
    /// <param name="sessionId">The session to go on with; 0 for none.</param>
    /// <param name="all">False leaves out the partitions without news.</param>
    public static void Write(RequestContext request, List<FetchTarget> targets, ErrorCode error, int sessionId, bool all)
    {
        var answer = new FetchAnswer(request, SizeMax(request.Version, targets));
        int topics = CountTopics(targets, all);
        OutgoingFrame.Begin(ref answer._writer);
        answer._pieces.WriteHead(ref answer._writer, request.CorrelationId, throttleTimeMs: 0, error, sessionId, topics);
        answer.WriteTopics(targets, all);
        answer._pieces.WriteTail(ref answer._writer);
        OutgoingFrame.Finish(request.Response, answer._writer.Position);
    }

    /// <summary>What the answer takes at most: every target with a topic of its own.</summary>
    private static int SizeMax(short version, List<FetchTarget> targets)
    {
        var pieces = new FetchResponseWriter(version);
        int bytes = OutgoingFrame.SizeFieldBytes + pieces.HeadSize(targets.Count) + pieces.TailSize();
        foreach (FetchTarget target in targets)
        {
            FetchedPartition partition = Describe(target);
            bytes += pieces.TopicSize(Encoding.UTF8.GetByteCount(target.TopicName), targets.Count) + pieces.TopicEndSize
                + pieces.PartitionPrefixSize(partition) + pieces.PartitionSuffixSize(partition);
            if (target.Converted is { } converted) bytes += converted.WrittenBytes;
        }

        return bytes;
    }

    private static FetchedPartition Describe(FetchTarget target) =>
        new(target.PartitionIndex, target.Error, target.Converted?.WrittenBytes ?? target.Region.Length)
        {
            HighWatermark = target.HighWatermark.Value,
            LastStableOffset = target.LastStableOffset.Value,
            LogStartOffset = target.LogStartOffset.Value,
            ListsAborted = target.Aborted is not null,
            Aborted = target.Aborted is { Count: > 0 } aborted ? Describe(aborted) : default,
            DivergingEpoch = target.DivergingEpoch.Value,
            DivergingEndOffset = target.DivergingEndOffset.Value,
        };

    private static Protocol.Hot.AbortedTransaction[] Describe(IReadOnlyList<Storage.AbortedTransaction> aborted) =>
        [.. aborted.Select(static transaction => new Protocol.Hot.AbortedTransaction(transaction.ProducerId.Value, transaction.FirstOffset.Value))];

    private void WriteTopics(List<FetchTarget> targets, bool all)
    {
        int index = Next(targets, 0, all);
        while (index < targets.Count)
        {
            FetchTarget first = targets[index];
            WriteTopic(first, CountPartitions(targets, index, all));
            while (index < targets.Count && IsSameTopic(targets[index], first))
            {
                WritePartition(targets[index]);
                index = Next(targets, index + 1, all);
            }

            _pieces.WriteTopicEnd(ref _writer);
        }
    }

    private void WriteTopic(FetchTarget target, int partitions)
    {
        // An unknown name may be longer than any legal one; only that one costs an array.
        int nameBytes = Encoding.UTF8.GetByteCount(target.TopicName);
        Span<byte> name = nameBytes <= NameBytesMax ? stackalloc byte[NameBytesMax] : new byte[nameBytes];
        Encoding.UTF8.GetBytes(target.TopicName, name);
        _pieces.WriteTopic(ref _writer, name[..nameBytes], target.TopicId, partitions);
    }

    private void WritePartition(FetchTarget target)
    {
        FetchedPartition partition = Describe(target);
        _pieces.WritePartitionPrefix(ref _writer, partition);
        if (target.Converted is { } converted) _writer.WriteRaw(converted.WrittenSpan);
        else if (target.HasRegion) _response.AddRegion(_writer.Position, target.TakeRegion());
        _pieces.WritePartitionSuffix(ref _writer, partition);
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
}
