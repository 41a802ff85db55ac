using PerfLog.Buffers;
using PerfLog.Protocol;
using PerfLog.Protocol.Messages;
using PerfLog.Wire;

namespace PerfLog.Client.Producing;

/// <summary>
/// One produce request: the batches that it carries, and its bytes. Owned by one broker's sender and used again and again.
/// </summary>
internal sealed class ProduceRequestFrame(string clientId) : IDisposable
{
    private readonly List<ProducerBatch> _batches = [];
    private readonly GrowingBuffer _frame = new(0);

    public List<ProducerBatch> Batches => _batches;

    /// <summary>The bytes of its batches before compression.</summary>
    public int BatchesBytes { get; private set; }

    public short Version { get; private set; }

    public Memory<byte> Bytes => _frame.WrittenMemory;

    public void Clear()
    {
        _batches.Clear();
        BatchesBytes = 0;
    }

    public void Add(ProducerBatch batch)
    {
        _batches.Add(batch);
        BatchesBytes += batch.SizeBytes;
    }

    /// <summary>Writes the frame; the batches are sealed. They are copied once more, so that a frame is one piece of memory.</summary>
    public void Write(short version, Acks acks, int timeoutMs)
    {
        Version = version;
        // Batches of one topic stand together, because the format names each topic once.
        _batches.Sort(static (left, right) => string.CompareOrdinal(left.Queue.Topic, right.Queue.Topic));
        bool compact = version >= ProduceRequest.FirstFlexibleVersion;
        int size = Size(version, compact);
        _frame.Reset(size);
        var writer = new WireWriter(_frame.GetSpan(size)[..size]);
        writer.WriteInt32(size - RequestFrame.LengthBytes);
        RequestFrame.WriteHeader(ref writer, ApiKey.Produce, version, correlationId: 0, clientId);
        if (version >= FirstWithTransactions) writer.WriteString(null, compact);
        writer.WriteInt16((short)acks);
        writer.WriteInt32(timeoutMs);
        WriteTopics(ref writer, compact);
        if (compact) writer.WriteEmptyTaggedFields();
        _frame.Advance(writer.Position);
    }

    public void Dispose() => _frame.Dispose();

    private const short FirstWithTransactions = 3;

    private int Size(short version, bool compact)
    {
        int tags = compact ? 1 : 0;
        int size = RequestFrame.LengthBytes + RequestFrame.HeaderSize(ApiKey.Produce, version, clientId);
        if (version >= FirstWithTransactions) size += WireSize.NullString(compact);
        size += sizeof(short) + sizeof(int) + tags;
        int topics = 0;
        for (int start = 0; start < _batches.Count; start = EndOfTopic(start))
        {
            topics++;
            int partitions = EndOfTopic(start) - start;
            size += WireSize.String(_batches[start].Queue.Topic, compact) + WireSize.ArrayLength(partitions, compact) + tags;
        }

        foreach (ProducerBatch batch in _batches) size += sizeof(int) + WireSize.Bytes(batch.Bytes.Length, compact) + tags;
        return size + WireSize.ArrayLength(topics, compact);
    }

    private void WriteTopics(ref WireWriter writer, bool compact)
    {
        int topics = 0;
        for (int start = 0; start < _batches.Count; start = EndOfTopic(start)) topics++;
        writer.WriteArrayLength(topics, compact);
        for (int start = 0; start < _batches.Count; start = EndOfTopic(start))
        {
            int end = EndOfTopic(start);
            writer.WriteString(_batches[start].Queue.Topic, compact);
            writer.WriteArrayLength(end - start, compact);
            for (int index = start; index < end; index++)
            {
                writer.WriteInt32(_batches[index].Queue.Partition);
                writer.WriteBytes(_batches[index].Bytes.Span, compact);
                if (compact) writer.WriteEmptyTaggedFields();
            }

            if (compact) writer.WriteEmptyTaggedFields();
        }
    }

    private int EndOfTopic(int start)
    {
        string topic = _batches[start].Queue.Topic;
        int end = start + 1;
        while (end < _batches.Count && _batches[end].Queue.Topic == topic) end++;
        return end;
    }
}
