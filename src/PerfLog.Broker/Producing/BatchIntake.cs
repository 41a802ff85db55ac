using PerfLog.Broker.Configuration;
using PerfLog.Broker.Partitions;
using PerfLog.Buffers;
using PerfLog.Records;
using PerfLog.Replication;
using PerfLog.Storage;

namespace PerfLog.Broker.Producing;

/// <summary>
/// Takes one partition's records in: brings them into the form that the topic wants, validates them, and appends. Any
/// thread may call it.
/// </summary>
internal sealed class BatchIntake(TimeProvider time)
{
    private const int BuffersKept = 16;
    private const short AllReplicas = -1;
    private const short FirstWithRecordBatches = 3;
    private const short FirstWithZstd = 7;

    private readonly Reusables<GrowingBuffer> _buffers = new(static () => new GrowingBuffer(0), BuffersKept);

    /// <param name="topic">The topic, as configured now.</param>
    /// <param name="partition">Where to append.</param>
    /// <param name="records">The records as they were sent; borrowed, and changed in place, until the outcome is complete.</param>
    /// <param name="acks">The replicas that the producer waits for.</param>
    /// <param name="version">The request's version.</param>
    public PartitionProduce Append(HostedTopic topic, Partition partition, Memory<byte> records, short acks, short version)
    {
        TopicSettings settings = topic.Settings;
        var outcome = new PartitionProduce { LogAppendTime = TimestampMs.None, LogStartOffset = Offset.None };
        try
        {
            PartitionProduce? refusal = TryPrepare(settings, version, ref records, ref outcome);
            if (refusal is not null) return Released(refusal.Value, outcome.Converted);
            ValueTask<AppendResult> append = partition.AppendAsLeaderAsync(
                records, acks == AllReplicas ? settings.MinInsyncReplicas : 0);
            if (!append.IsCompletedSuccessfully)
            {
                outcome.Pending = append;
                outcome.IsPending = true;
                return outcome;
            }

            outcome.SetResult(append.Result);
            return Released(outcome, outcome.Converted);
        }
        catch (IOException error)
        {
            return Released(PartitionProduce.Failed(ErrorCode.KafkaStorageError, error.Message), outcome.Converted);
        }
    }

    /// <summary>Gives back what an outcome held until its append was complete.</summary>
    public void Release(ref PartitionProduce outcome)
    {
        if (outcome.Converted is { } buffer) _buffers.GiveBack(buffer);
        outcome.Converted = null;
    }

    private PartitionProduce Released(PartitionProduce outcome, GrowingBuffer? buffer)
    {
        outcome.Converted = buffer;
        Release(ref outcome);
        return outcome;
    }

    private PartitionProduce? TryPrepare(TopicSettings settings, short version, ref Memory<byte> records, ref PartitionProduce outcome)
    {
        TimestampMs now = TimestampMs.Now(time);
        ProduceRules rules = settings.ProduceRules(now, allowsZstd: version >= FirstWithZstd);
        if (version < FirstWithRecordBatches && TryUpConvert(rules, ref records, ref outcome) is { } refused) return refused;
        BatchValidation validation = RecordBatchValidator.Validate(records.Span, rules);
        if (!validation.IsValid) return PartitionProduce.Failed(validation);
        if (settings.TargetCodec is { } codec && codec != new RecordBatchView(records.Span).Codec)
        {
            if (TryRecompress(codec, rules, ref records, ref outcome) is { } tooLarge) return tooLarge;
        }

        if (rules.UsesLogAppendTime)
        {
            RecordBatchFields.SetLogAppendTime(records.Span, now);
            outcome.LogAppendTime = now;
        }
        else
        {
            RecordBatchFields.SetMaxTimestamp(records.Span, validation.MaxTimestamp);
        }

        return null;
    }

    private PartitionProduce? TryUpConvert(in ProduceRules rules, ref Memory<byte> records, ref PartitionProduce outcome)
    {
        GrowingBuffer converted = outcome.Converted = _buffers.Rent();
        converted.Reset(rules.BatchBytesMax);
        BatchValidation conversion = MessageSetUpConverter.Convert(records.Span, rules, converted);
        if (!conversion.IsValid) return PartitionProduce.Failed(conversion);
        records = converted.WrittenMemory;
        return null;
    }

    private PartitionProduce? TryRecompress(
        CompressionCodec codec, in ProduceRules rules, ref Memory<byte> records, ref PartitionProduce outcome)
    {
        GrowingBuffer scratch = _buffers.Rent();
        GrowingBuffer rebuilt = _buffers.Rent();
        rebuilt.Reset(rules.BatchBytesMax);
        bool isRebuilt = RecordBatchRecompressor.TryRebuild(
            records.Span, codec, scratch, rules.DecompressedBytesMax, rebuilt, out string? fault);
        _buffers.GiveBack(scratch);
        Release(ref outcome);
        outcome.Converted = rebuilt;
        if (!isRebuilt) return PartitionProduce.Failed(ErrorCode.MessageTooLarge, fault);
        records = rebuilt.WrittenMemory;
        return null;
    }
}
