using PerfLog.Buffers;
using PerfLog.Records;
using PerfLog.Storage;

namespace PerfLog.Broker.Producing;

/// <summary>What became of one partition's batch of a produce request. Part of a pooled array, so a mutable struct.</summary>
internal struct PartitionProduce
{
    public ErrorCode Error;
    public Offset BaseOffset;
    public TimestampMs LogAppendTime;
    public Offset LogStartOffset;
    public string? Message;
    public ReadOnlyMemory<RecordError> RecordErrors;

    /// <summary>The append while it is not complete.</summary>
    public ValueTask<AppendResult> Pending;

    public bool IsPending;

    /// <summary>Holds the batch in another codec than it was sent in, until it is appended.</summary>
    public GrowingBuffer? Rebuilt;

    /// <summary>Holds the batch made of an old message format, until it is appended.</summary>
    public MessageSetUpConverter? UpConverter;

    public static PartitionProduce Failed(ErrorCode error, string? message = null) => new()
    {
        Error = error,
        Message = message,
        BaseOffset = Offset.None,
        LogAppendTime = TimestampMs.None,
        LogStartOffset = Offset.None,
    };

    public static PartitionProduce Failed(in BatchValidation validation)
    {
        PartitionProduce failed = Failed(validation.Error, validation.Message);
        failed.RecordErrors = validation.RecordErrors;
        return failed;
    }

    public void SetResult(in AppendResult result)
    {
        IsPending = false;
        Pending = default;
        Error = result.Error;
        BaseOffset = result.BaseOffset;
        LogStartOffset = result.LogStartOffset;

        // A duplicate is answered with the time of the batch that was stored.
        LogAppendTime = result.LogAppendTime;
    }
}
