using PerfLog.Buffers;
using PerfLog.Protocol;
using PerfLog.Records;
using PerfLog.Wire;

namespace PerfLog.Broker.Groups;

/// <summary>
/// Gathers records of the offsets' topic into one batch. Pooled: one thread at a time, from renting until its append is
/// complete.
/// </summary>
internal sealed class GroupRecordBatch : IDisposable
{
    private readonly RecordBatchBuilder _builder = new(int.MaxValue);
    private readonly GrowingBuffer _scratch = new(int.MaxValue);
    private TimestampMs _time;

    public int RecordsCount => _builder.RecordsCount;

    /// <param name="batchBytesMax">The largest batch that the topic takes.</param>
    /// <param name="codec">How the batch is compressed.</param>
    /// <param name="time">The records' time.</param>
    public void Begin(int batchBytesMax, CompressionCodec codec, TimestampMs time)
    {
        _builder.Begin(new BatchProperties { Codec = codec }, batchBytesMax);
        _time = time;
    }

    /// <returns>False when the batch would become too large.</returns>
    public bool TryAddCommit(string group, TopicPartition partition, in CommittedOffset offset)
    {
        int keyBytesMax = OffsetCommitRecord.KeyBytesMax(group, partition.Topic);
        Span<byte> bytes = Scratch(keyBytesMax + OffsetCommitRecord.ValueBytesMax(offset));
        var key = new WireWriter(bytes[..keyBytesMax]);
        OffsetCommitRecord.WriteKey(ref key, group, partition);
        var value = new WireWriter(bytes[keyBytesMax..]);
        OffsetCommitRecord.WriteValue(ref value, offset);
        return _builder.TryAppend(_time, key.Written, value.Written);
    }

    /// <returns>False when the batch would become too large.</returns>
    public bool TryAddRemoval(string group, TopicPartition partition)
    {
        var key = new WireWriter(Scratch(OffsetCommitRecord.KeyBytesMax(group, partition.Topic)));
        OffsetCommitRecord.WriteKey(ref key, group, partition);
        return _builder.TryAppend(_time, key.Written, OptionalBytes.Null);
    }

    /// <returns>False when the batch would become too large.</returns>
    public bool TryAdd(in GroupRecord record)
    {
        int keyBytes = sizeof(short) + record.Key.Size(GroupRecord.KeyVersion);
        int valueBytes = record.Value is null ? 0 : sizeof(short) + record.Value.Size(record.ValueVersion);
        Span<byte> bytes = Scratch(keyBytes + valueBytes)[..(keyBytes + valueBytes)];
        Write(bytes[..keyBytes], record.Type, record.Key, GroupRecord.KeyVersion);
        if (record.Value is null) return _builder.TryAppend(_time, bytes[..keyBytes], OptionalBytes.Null);
        Write(bytes[keyBytes..], record.ValueVersion, record.Value, record.ValueVersion);
        return _builder.TryAppend(_time, bytes[..keyBytes], bytes[keyBytes..]);
    }

    public Memory<byte> Build() => _builder.Build();

    public void Dispose()
    {
        _builder.Dispose();
        _scratch.Dispose();
    }

    private static void Write(Span<byte> bytes, short prefix, IProtocolMessage message, short version)
    {
        var writer = new WireWriter(bytes);
        writer.WriteInt16(prefix);
        message.Write(ref writer, version);
    }

    private Span<byte> Scratch(int bytes)
    {
        _scratch.Reset(int.MaxValue);
        return _scratch.GetSpan(bytes);
    }
}
