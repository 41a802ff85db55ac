using PerfLog.Broker.Networking;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;
using PerfLog.Wire;

namespace PerfLog.Broker.Groups;

/// <summary>
/// Puts a commit's answer together: names and numbers come from the request's bytes, the errors from its outcome. Stateless.
/// <code>
/// throttle time  int32   version 3 on
/// topics         array   name string, partitions array { index int32, error int16 }; a tag buffer each in version 8 on
/// </code>
/// </summary>
internal static class OffsetCommitAnswer
{
    private const short FirstWithThrottleTime = 3;
    private const short FirstFlexible = 8;

    /// <summary>Fills the request's response with the outcome of each partition.</summary>
    public static void Write(OffsetCommit commit)
    {
        RequestContext request = commit.Request;
        if (!OffsetCommitRequestView.TryRead(request.Body.Span, request.Version, out OffsetCommitRequestView view))
            throw new InvalidOperationException("A request that was read before cannot be read again.");
        bool isFlexible = request.Version >= FirstFlexible;
        var writer = new WireWriter(request.Response.Rent(Size(view, request.Version, isFlexible)));
        OutgoingFrame.Begin(ref writer);
        ResponseFrame.WriteHeader(ref writer, ApiKey.OffsetCommit, request.Version, request.CorrelationId);
        if (request.Version >= FirstWithThrottleTime) writer.WriteInt32(0);
        writer.WriteArrayLength(view.Topics.Count, isFlexible);
        int next = 0;
        foreach (var topic in view.Topics)
        {
            writer.WriteStringBytes(topic.Name, isFlexible);
            writer.WriteArrayLength(topic.Partitions.Count, isFlexible);
            foreach (var partition in topic.Partitions)
            {
                writer.WriteInt32(partition.PartitionIndex);
                writer.WriteInt16((short)commit[next++].Error);
                if (isFlexible) writer.WriteEmptyTaggedFields();
            }

            if (isFlexible) writer.WriteEmptyTaggedFields();
        }

        if (isFlexible) writer.WriteEmptyTaggedFields();
        OutgoingFrame.Finish(request.Response, writer.Position);
    }

    private static int Size(OffsetCommitRequestView view, short version, bool isFlexible)
    {
        int tagBytes = isFlexible ? 1 : 0;
        int bytes = OutgoingFrame.SizeFieldBytes + ResponseFrame.HeaderSize(ApiKey.OffsetCommit, version) + tagBytes;
        if (version >= FirstWithThrottleTime) bytes += sizeof(int);
        bytes += WireSize.ArrayLength(view.Topics.Count, isFlexible);
        foreach (var topic in view.Topics)
        {
            bytes += WireSize.StringBytes(topic.Name.Length, isFlexible) + WireSize.ArrayLength(topic.Partitions.Count, isFlexible) + tagBytes;
            bytes += topic.Partitions.Count * (sizeof(int) + sizeof(short) + tagBytes);
        }

        return bytes;
    }
}
