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
    private const string DiskFull = "the broker's disk is full; appends are taken again when there is room";
    private const short AllReplicas = -1;
    private const short FirstWithRecordBatches = 3;
    private const short FirstWithZstd = 7;

    private readonly Reusables<GrowingBuffer> _buffers = new(static () => new GrowingBuffer(0), BuffersKept);
    private readonly Reusables<MessageSetUpConverter> _upConverters = new(static () => new MessageSetUpConverter(), BuffersKept);

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
            if (partition.Log.IsDiskFull) return Refused(PartitionProduce.Failed(ErrorCode.KafkaStorageError, DiskFull), ref outcome);
            PartitionProduce? refusal = TryPrepare(settings, version, ref records, ref outcome);
            if (refusal is not null) return Refused(refusal.Value, ref outcome);
            ValueTask<AppendResult> append = partition.AppendAsLeaderAsync(
                records, acks == AllReplicas ? settings.MinInsyncReplicas : 0);
            if (!append.IsCompletedSuccessfully)
            {
                outcome.Pending = append;
                outcome.IsPending = true;
                return outcome;
            }

            outcome.SetResult(append.Result);
            Release(ref outcome);
            return outcome;
        }
        catch (IOException error)
        {
            return Refused(PartitionProduce.Failed(ErrorCode.KafkaStorageError, error.Message), ref outcome);
        }
    }

    /// <summary>Gives back what an outcome held until its append was complete.</summary>
    public void Release(ref PartitionProduce outcome)
    {
        if (outcome.Rebuilt is { } buffer) _buffers.GiveBack(buffer);
        if (outcome.UpConverter is { } converter) _upConverters.GiveBack(converter);
        outcome.Rebuilt = null;
        outcome.UpConverter = null;
    }

    private PartitionProduce Refused(PartitionProduce refusal, ref PartitionProduce outcome)
    {
        Release(ref outcome);
        return refusal;
    }

    private PartitionProduce? TryPrepare(
        TopicSettings settings, short version, ref Memory<byte> records, ref PartitionProduce outcome)
    {
        TimestampMs now = TimestampMs.Now(time);
        ProduceRules rules = settings.ProduceRules(now, allowsZstd: version >= FirstWithZstd);
        BatchValidation validation = version < FirstWithRecordBatches
            ? UpConvert(rules, ref records, ref outcome)
            : RecordBatchValidator.Validate(records.Span, rules);
        if (!validation.IsValid) return PartitionProduce.Failed(validation);
        if (settings.TargetCodec is { } codec && codec != new RecordBatchView(records.Span).Codec)
        {
            if (TryRecompress(codec, rules, ref records, ref outcome) is { } fault) return PartitionProduce.Failed(ErrorCode.MessageTooLarge, fault);
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

    private BatchValidation UpConvert(in ProduceRules rules, ref Memory<byte> records, ref PartitionProduce outcome)
    {
        outcome.UpConverter = _upConverters.Rent();
        BatchValidation validation = outcome.UpConverter.Convert(records.Span, rules, out Memory<byte> batch);
        records = batch;
        return validation;
    }

    /// <returns>Why the batch cannot be rebuilt; null when it was.</returns>
    private string? TryRecompress(CompressionCodec codec, in ProduceRules rules, ref Memory<byte> records, ref PartitionProduce outcome)
    {
        GrowingBuffer scratch = _buffers.Rent();
        outcome.Rebuilt = _buffers.Rent();
        outcome.Rebuilt.Reset(rules.BatchBytesMax);
        bool isRebuilt = RecordBatchRecompressor.TryRebuild(
            records.Span, codec, scratch, rules.DecompressedBytesMax, outcome.Rebuilt, out string? fault);
        _buffers.GiveBack(scratch);
        if (!isRebuilt) return fault;
        records = outcome.Rebuilt.WrittenMemory;
        return null;
    }
}
