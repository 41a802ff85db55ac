using System.Text;
using PerfLog.Broker.Networking;
using PerfLog.Protocol.Messages;
using PerfLog.Records;
using PerfLog.Wire;

namespace PerfLog.Broker.Producing;

/// <summary>
/// Writes a Produce answer field by field; names and their order come from the request's bytes. The layout is that of
/// <c>ProduceResponse</c> in the schemas; a test holds the two against each other.
/// </summary>
internal ref struct ProduceResponseWriter
{
    private const short FirstFlexible = 9;
    private const short FirstWithTopicIds = 13;

    // Upper bounds of all fields but texts; the buffer is cut to what was written.
    private const int HeaderBytesMax = 32;
    private const int TopicBytesMax = 32;
    private const int PartitionBytesMax = 64;
    private const int RecordErrorBytesMax = 16;

    private readonly ProduceWork _work;
    private readonly short _version;
    private readonly bool _isFlexible;
    private WireWriter _writer;
    private int _next;

    private ProduceResponseWriter(RequestContext request, ProduceWork work, int sizeMax)
    {
        _work = work;
        _version = request.Version;
        _isFlexible = _version >= FirstFlexible;
        _writer = new WireWriter(request.Response.Rent(sizeMax));
    }

    /// <summary>Fills the request's response with the outcome of each partition.</summary>
    public static void Write(RequestContext request, ProduceWork work)
    {
        if (!ProduceRequestView.TryRead(request.Body.Span, request.Version, out ProduceRequestView view, out string? failure))
            throw new InvalidOperationException($"A request that was read before cannot be read again: {failure}");
        var response = new ProduceResponseWriter(request, work, SizeMax(view, work));
        ResponseFrame.WriteHeader(ref response._writer, 0, request.CorrelationId, response._isFlexible ? (short)1 : (short)0);
        response.WriteTopics(view);
        if (response._version >= 1) response._writer.WriteInt32(0);
        if (response._isFlexible) response._writer.WriteEmptyTaggedFields();
        ResponseFrame.Finish(request.Response, response._writer.Position);
    }

    private static int SizeMax(ProduceRequestView view, ProduceWork work)
    {
        int bytes = HeaderBytesMax;
        foreach (var topic in view.TopicData) bytes += TopicBytesMax + topic.Name.Length;
        for (int index = 0; index < work.Count; index++)
        {
            bytes += PartitionBytesMax + TextBytesMax(work[index].Message);
            foreach (RecordError error in work[index].RecordErrors.Span) bytes += RecordErrorBytesMax + TextBytesMax(error.Message);
        }

        return bytes;
    }

    private static int TextBytesMax(string? text) => text is null ? 0 : Encoding.UTF8.GetMaxByteCount(text.Length);

    private void WriteTopics(ProduceRequestView view)
    {
        _writer.WriteArrayLength(view.TopicData.Count, _isFlexible);
        foreach (var topic in view.TopicData)
        {
            if (_version >= FirstWithTopicIds) _writer.WriteUuid(topic.TopicId);
            else _writer.WriteStringBytes(topic.Name, _isFlexible);
            _writer.WriteArrayLength(topic.PartitionData.Count, _isFlexible);
            foreach (var partition in topic.PartitionData) WritePartition(partition.Index, _work[_next++]);
            if (_isFlexible) _writer.WriteEmptyTaggedFields();
        }
    }

    private void WritePartition(int index, in PartitionProduce outcome)
    {
        _writer.WriteInt32(index);
        _writer.WriteInt16((short)outcome.Error);
        _writer.WriteInt64(outcome.BaseOffset.Value);
        if (_version >= 2) _writer.WriteInt64(outcome.LogAppendTime.Value);
        if (_version >= 5) _writer.WriteInt64(outcome.LogStartOffset.Value);
        if (_version >= 8) WriteErrors(outcome);
        if (_isFlexible) _writer.WriteEmptyTaggedFields();
    }

    private void WriteErrors(in PartitionProduce outcome)
    {
        ReadOnlySpan<RecordError> errors = outcome.RecordErrors.Span;
        _writer.WriteArrayLength(errors.Length, _isFlexible);
        foreach (RecordError error in errors)
        {
            _writer.WriteInt32(error.BatchIndex);
            _writer.WriteString(error.Message, _isFlexible);
            if (_isFlexible) _writer.WriteEmptyTaggedFields();
        }

        _writer.WriteString(outcome.Message, _isFlexible);
    }
}
