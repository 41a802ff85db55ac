using System.Buffers.Binary;
using PerfLog.Records;

namespace PerfLog.Server.Dump;

/// <summary>
/// Shows a time index, checks its order, and checks it against the log beside it: an entry says that no record up to its
/// offset has a later time, and that a batch that holds the offset has this time.
/// </summary>
internal sealed class TimeIndexDump(DumpOptions options, DumpReport report)
{
    private const int EntryBytes = 12;

    public void Dump(string path)
    {
        if (!LogFiles.TryBaseOffset(path, out Offset baseOffset))
        {
            report.Fault(path, 0, "the file's name does not give the segment's first offset");
            return;
        }

        byte[] bytes = File.ReadAllBytes(path);
        if (bytes.Length % EntryBytes != 0)
            report.Fault(path, bytes.Length, $"the size {bytes.Length} is no multiple of {EntryBytes}");
        int faultsBefore = report.Faults;
        List<Entry> entries = Walk(path, baseOffset, bytes);
        string log = LogFiles.LogBeside(path);
        if (!options.IndexSanityOnly && File.Exists(log)) CheckAgainst(log, path, entries);
        if (options.IndexSanityOnly && report.Faults == faultsBefore) report.Output.WriteLine($"{path} passed sanity check.");
    }

    private List<Entry> Walk(string path, Offset baseOffset, byte[] bytes)
    {
        List<Entry> entries = [];
        for (int at = 0; at + EntryBytes <= bytes.Length; at += EntryBytes)
        {
            report.ThrowIfStopped();
            var timestamp = new TimestampMs(BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(at)));
            int relativeOffset = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at + sizeof(long)));
            // As in the offset index: zeros fill up the index of the segment being written.
            if (relativeOffset == 0 && timestamp.Value == 0 && !bytes.AsSpan(at).ContainsAnyExcept((byte)0)) return entries;
            var entry = new Entry(at, timestamp, baseOffset + relativeOffset);
            if (options.ShowIndexEntries) report.Output.WriteLine($"timestamp: {timestamp} offset: {entry.Offset}");
            if (relativeOffset < 0) report.Fault(path, at, "an entry's offset is negative");
            else if (entries.Count > 0 && (entry.Timestamp <= entries[^1].Timestamp || entry.Offset < entries[^1].Offset))
                report.Fault(path, at, $"the entry ({timestamp}, {entry.Offset}) does not lie after the one before it");
            entries.Add(entry);
        }

        return entries;
    }

    private void CheckAgainst(string log, string path, List<Entry> entries)
    {
        using var segment = new SegmentReader(log);
        TimestampMs latest = TimestampMs.None;
        int next = 0;
        while (next < entries.Count && segment.TryReadNext())
        {
            report.ThrowIfStopped();
            RecordBatchView batch = segment.Batch;
            latest = latest > batch.MaxTimestamp ? latest : batch.MaxTimestamp;
            for (; next < entries.Count && entries[next].Offset <= batch.LastOffset; next++)
            {
                Entry entry = entries[next];
                if (latest > entry.Timestamp && entry.Offset == batch.LastOffset)
                    report.Fault(path, entry.Position, $"the entry says {entry.Timestamp} up to offset {entry.Offset}, the log has {latest} there");
                else if (latest < entry.Timestamp)
                    report.Fault(path, entry.Position, $"the entry says {entry.Timestamp}, no record up to offset {entry.Offset} is as late");
            }
        }

        for (; next < entries.Count; next++)
            report.Fault(path, entries[next].Position, $"the log ends before offset {entries[next].Offset}");
    }

    private readonly record struct Entry(int Position, TimestampMs Timestamp, Offset Offset);
}
