using System.Text;
using PerfLog.Buffers;
using PerfLog.Records;

namespace PerfLog.Server.Dump;

/// <summary>Shows the records of a batch, one a line. Lives as long as the dump of one file.</summary>
internal sealed class RecordLines(DumpOptions options, DumpReport report)
{
    // Far above what a broker accepts in one batch; a batch that wants more is shown as broken.
    private const int DecompressedBytesMax = 1 << 30;

    private readonly GrowingBuffer _scratch = new(DecompressedBytesMax);

    public void Write(string path, long position, RecordBatchView batch)
    {
        if (!RecordBatchReader.TryOpen(batch, _scratch, DecompressedBytesMax, out RecordEnumerator records, out string? fault))
        {
            report.Fault(path, position, fault ?? "the records cannot be decompressed");
            return;
        }

        while (records.MoveNext()) WriteRecord(batch, records.Current);
        if (records.Fault is not null) report.Fault(path, position, records.Fault);
    }

    private void WriteRecord(RecordBatchView batch, RecordView record)
    {
        int sequence = batch.BaseSequence < 0 ? batch.BaseSequence : Sequence.Add(batch.BaseSequence, record.OffsetDelta);
        TextWriter output = report.Output;
        output.Write($"| offset: {record.Offset} {LogDump.TimestampName(batch)}: {record.Timestamp} ");
        output.Write($"keySize: {SizeOf(record.Key)} valueSize: {SizeOf(record.Value)} sequence: {sequence} ");
        output.Write($"headerKeys: [{HeaderKeys(record)}]");
        if (batch.IsControl) output.Write(Marker(record));
        else if (options.ShowData) output.Write($" key: {Text(record.Key)} payload: {Text(record.Value)}");
        output.WriteLine();
    }

    private static int SizeOf(OptionalBytes bytes) => bytes.IsNull ? -1 : bytes.Span.Length;

    private static string Text(OptionalBytes bytes) => bytes.IsNull ? "null" : Encoding.UTF8.GetString(bytes.Span);

    private static string HeaderKeys(RecordView record)
    {
        List<string> keys = [];
        foreach (HeaderView header in record.Headers) keys.Add(Encoding.UTF8.GetString(header.KeyUtf8));
        return string.Join(',', keys);
    }

    /// <summary>A control record's key holds a version and a type, two bytes each.</summary>
    private static string Marker(RecordView record)
    {
        if (record.Key.Span.Length < 4) return " a control record without a type";
        return record.Key.Span[3] switch
        {
            0 => " endTxnMarker: ABORT",
            1 => " endTxnMarker: COMMIT",
            byte type => $" control record of type {type}",
        };
    }
}
