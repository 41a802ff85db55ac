using System.Buffers.Binary;

namespace PerfLog.Server.Dump;

/// <summary>Shows an offset index, checks its order, and checks each entry against the log beside it.</summary>
internal sealed class OffsetIndexDump(DumpOptions options, DumpReport report)
{
    private const int EntryBytes = 8;

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
        string log = LogFiles.LogBeside(path);
        using SegmentReader? segment = !options.IndexSanityOnly && File.Exists(log) ? new SegmentReader(log) : null;
        Walk(path, baseOffset, bytes, segment);
        if (options.IndexSanityOnly && report.Faults == faultsBefore) report.Output.WriteLine($"{path} passed sanity check.");
    }

    private void Walk(string path, Offset baseOffset, byte[] bytes, SegmentReader? segment)
    {
        var last = new Offset(-1);
        var lastPosition = -1;
        for (int at = 0; at + EntryBytes <= bytes.Length; at += EntryBytes)
        {
            report.ThrowIfStopped();
            int relativeOffset = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
            int position = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at + sizeof(int)));
            // The index of the segment being written is larger than its entries; zeros fill it up.
            if (relativeOffset == 0 && position == 0 && !bytes.AsSpan(at).ContainsAnyExcept((byte)0)) return;
            Offset offset = baseOffset + relativeOffset;
            if (options.ShowIndexEntries) report.Output.WriteLine($"offset: {offset} position: {position}");
            if (relativeOffset < 0 || position < 0) report.Fault(path, at, "an entry is negative");
            else if (offset <= last || position <= lastPosition)
                report.Fault(path, at, $"the entry ({offset}, {position}) does not lie after the one before it ({last}, {lastPosition})");
            else if (segment is not null)
                CheckAgainst(segment, path, at, offset, position);
            (last, lastPosition) = (offset, position);
        }
    }

    private void CheckAgainst(SegmentReader segment, string path, int at, Offset offset, int position)
    {
        if (!segment.TryRead(position))
            report.Fault(path, at, $"no batch starts at position {position} of the log: {segment.Fault ?? "the log ends before it"}");
        else if (segment.Batch.LastOffset != offset)
            report.Fault(path, at, $"the entry says offset {offset}, the batch at position {position} ends with {segment.Batch.LastOffset}");
    }
}
