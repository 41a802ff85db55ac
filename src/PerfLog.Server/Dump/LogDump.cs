using PerfLog.Hashing;
using PerfLog.Records;

namespace PerfLog.Server.Dump;

/// <summary>Shows a segment's batches, and their records when asked, in the words of Kafka's own tool; checks every one.</summary>
internal sealed class LogDump(DumpOptions options, DumpReport report)
{
    private readonly RecordLines _records = new(options, report);

    public void Dump(string path)
    {
        bool named = LogFiles.TryBaseOffset(path, out Offset baseOffset);
        if (named) report.Output.WriteLine($"Log starting offset: {baseOffset}");
        using var segment = new SegmentReader(path);
        Offset expected = named ? baseOffset : Offset.Zero;
        while (segment.TryReadNext())
        {
            report.ThrowIfStopped();
            RecordBatchView batch = segment.Batch;
            bool intact = Crc32C.Compute(batch.Bytes[RecordBatchLayout.Attributes..]) == batch.Crc;
            WriteBatch(batch, segment.Position, intact);
            Check(path, segment, intact, expected);
            if (batch.NextOffset > expected) expected = batch.NextOffset;
            if (intact && (options.ShowRecords || options.ShowData)) _records.Write(path, segment.Position, batch);
        }

        if (segment.Fault is not null) report.Fault(path, segment.Position, segment.Fault);
        if (segment.ReservedBytes > 0)
            report.Output.WriteLine($"{segment.ReservedBytes} bytes from position {segment.Position} are reserved and empty.");
    }

    private void WriteBatch(RecordBatchView batch, long position, bool intact)
    {
        bool hasHorizon = (batch.Attributes & BatchAttributes.DeleteHorizon) != 0;
        string horizon = hasHorizon ? $"OptionalLong[{batch.BaseTimestamp}]" : "OptionalLong.empty";
        int lastSequence = batch.BaseSequence < 0 ? batch.BaseSequence : batch.LastSequence;
        report.Output.WriteLine(
            $"baseOffset: {batch.BaseOffset} lastOffset: {batch.LastOffset} count: {batch.RecordsCount} " +
            $"baseSequence: {batch.BaseSequence} lastSequence: {lastSequence} " +
            $"producerId: {batch.ProducerId} producerEpoch: {batch.ProducerEpoch} " +
            $"partitionLeaderEpoch: {batch.PartitionLeaderEpoch} isTransactional: {Lower(batch.IsTransactional)} " +
            $"isControl: {Lower(batch.IsControl)} deleteHorizonMs: {horizon} position: {position} " +
            $"{TimestampName(batch)}: {batch.MaxTimestamp} size: {batch.SizeBytes} magic: {batch.Magic} " +
            $"compresscodec: {CodecName(batch.Codec)} crc: {batch.Crc} isvalid: {Lower(intact)}");
    }

    private void Check(string path, SegmentReader segment, bool intact, Offset expected)
    {
        RecordBatchView batch = segment.Batch;
        if (!intact) report.Fault(path, segment.Position, "the batch's checksum does not match its bytes");
        else if (batch.LastOffsetDelta < 0) report.Fault(path, segment.Position, "the batch's last offset lies before its first");
        else if (batch.BaseOffset < expected)
            report.Fault(path, segment.Position, $"the batch starts at offset {batch.BaseOffset}, {expected} or more was due");
    }

    internal static string TimestampName(RecordBatchView batch) => batch.IsLogAppendTime ? "LogAppendTime" : "CreateTime";

    internal static string CodecName(CompressionCodec codec) => codec switch
    {
        CompressionCodec.None => "none",
        CompressionCodec.Gzip => "gzip",
        CompressionCodec.Snappy => "snappy",
        CompressionCodec.Lz4 => "lz4",
        CompressionCodec.Zstd => "zstd",
        _ => $"unknown({(int)codec})",
    };

    private static string Lower(bool value) => value ? "true" : "false";
}
