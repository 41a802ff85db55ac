using PerfLog.Buffers;

namespace PerfLog.Records;

/// <summary>
/// Turns what old clients produce (Produce versions 0 to 2: sets of messages of magic 0 and 1, wrappers among them)
/// into one batch of magic 2, which is all that is ever stored. Offsets are assigned anew from 0; the first wrapper's
/// codec becomes the batch's. One thread at a time; made once and used again.
/// </summary>
public sealed class MessageSetUpConverter : IDisposable
{
    private readonly RecordBatchBuilder _builder = new(0);
    private readonly GrowingBuffer _inner = new(0);
    private CompressionCodec _codec;

    /// <param name="messageSet">A partition's records as they came in the request.</param>
    /// <param name="rules">What the topic and the request allow; held against the batch that results.</param>
    /// <param name="batch">The batch, when valid; it may be changed, and lasts until the next call.</param>
    public BatchValidation Convert(ReadOnlySpan<byte> messageSet, in ProduceRules rules, out Memory<byte> batch)
    {
        batch = default;
        _codec = CompressionCodec.None;
        _builder.Begin(new BatchProperties(), rules.DecompressedBytesMax);
        BatchRefusal? refusal = AppendMessages(messageSet, rules);
        if (refusal is not null) return refusal.Value.ToValidation();
        if (_builder.RecordsCount == 0) return BatchRefusal.Invalid("the records hold no messages").ToValidation();

        _builder.UseCodec(_codec);
        Memory<byte> built = _builder.Build();
        BatchValidation validation = RecordBatchValidator.Validate(built.Span, rules);
        if (validation.IsValid) batch = built;
        return validation;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _builder.Dispose();
        _inner.Dispose();
    }

    private BatchRefusal? AppendMessages(ReadOnlySpan<byte> messageSet, in ProduceRules rules)
    {
        var messages = new MessageSetReader(messageSet);
        while (messages.MoveNext())
        {
            LegacyMessageView message = messages.Current;
            BatchRefusal? refusal = message.IsWrapper ? AppendWrapped(message, rules) : Append(message);
            if (refusal is not null) return refusal;
        }

        return RefusalOf(messages);
    }

    private BatchRefusal? AppendWrapped(LegacyMessageView wrapper, in ProduceRules rules)
    {
        if (!LegacyCompression.IsAllowed(wrapper.Codec))
            return new BatchRefusal(ErrorCode.UnsupportedCompressionType, "old message formats do not take this codec");
        if (wrapper.Value.IsNull) return BatchRefusal.Invalid("a compressed message has no value");
        if (wrapper.IsLogAppendTime) return FromLogAppendTime();

        _inner.Reset(rules.DecompressedBytesMax);
        string? fault = LegacyCompression.Decompress(wrapper.Codec, wrapper.Magic, wrapper.Value.Span, _inner);
        if (fault is not null) return BatchRefusal.Invalid(fault);
        if (_inner.WrittenBytes == 0) return BatchRefusal.Invalid("a compressed message holds no messages");
        if (_codec == CompressionCodec.None) _codec = wrapper.Codec;
        return AppendInner(wrapper.Magic);
    }

    // Inner messages may not be wrappers themselves, so there is no depth to bound.
    private BatchRefusal? AppendInner(byte magic)
    {
        var messages = new MessageSetReader(_inner.WrittenSpan);
        while (messages.MoveNext())
        {
            if (messages.Current.IsWrapper) return BatchRefusal.Invalid("a compressed message lies inside another");
            if (messages.Current.Magic != magic)
                return BatchRefusal.Invalid("a compressed message holds one of another magic");
            BatchRefusal? refusal = Append(messages.Current);
            if (refusal is not null) return refusal;
        }

        return RefusalOf(messages);
    }

    private BatchRefusal? Append(LegacyMessageView message)
    {
        if (message.IsLogAppendTime) return FromLogAppendTime();
        if (message.Timestamp < TimestampMs.None)
            return new BatchRefusal(ErrorCode.InvalidTimestamp, "a message's timestamp is negative");
        return _builder.TryAppend(message.Timestamp, message.Key, message.Value) ? null : TooLarge();
    }

    private static BatchRefusal? RefusalOf(MessageSetReader messages) =>
        messages.Error == ErrorCode.None ? null : new BatchRefusal(messages.Error, messages.Fault!);

    private static BatchRefusal FromLogAppendTime() =>
        new(ErrorCode.InvalidTimestamp, "clients may not set the timestamp type to LogAppendTime");

    private static BatchRefusal TooLarge() =>
        new(ErrorCode.MessageTooLarge, "the messages together are larger than one batch may be");
}
