using System.Buffers.Binary;

namespace PerfLog.Server.Dump;

/// <summary>
/// Shows an index of aborted transactions. An entry has 34 bytes: version (2), producer id, first offset, offset of the
/// abort marker, last stable offset at that time (8 each).
/// </summary>
internal sealed class TransactionIndexDump(DumpOptions options, DumpReport report)
{
    private const int EntryBytes = 34;

    public void Dump(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        int faultsBefore = report.Faults;
        long lastMarker = -1;
        for (int at = 0; at + EntryBytes <= bytes.Length; at += EntryBytes)
        {
            ReadOnlySpan<byte> entry = bytes.AsSpan(at, EntryBytes);
            short version = BinaryPrimitives.ReadInt16BigEndian(entry);
            long producerId = BinaryPrimitives.ReadInt64BigEndian(entry[2..]);
            long first = BinaryPrimitives.ReadInt64BigEndian(entry[10..]);
            long last = BinaryPrimitives.ReadInt64BigEndian(entry[18..]);
            long stable = BinaryPrimitives.ReadInt64BigEndian(entry[26..]);
            if (options.ShowIndexEntries)
                report.Output.WriteLine($"version: {version} producerId: {producerId} firstOffset: {first} lastOffset: {last} lastStableOffset: {stable}");
            if (version != 0) report.Fault(path, at, $"the entry's version is {version}, not 0");
            else if (first > last || last <= lastMarker) report.Fault(path, at, "the entry's offsets are out of order");
            lastMarker = last;
        }

        if (bytes.Length % EntryBytes != 0)
            report.Fault(path, bytes.Length - (bytes.Length % EntryBytes), $"the size {bytes.Length} is no multiple of {EntryBytes}");
        if (options.IndexSanityOnly && report.Faults == faultsBefore) report.Output.WriteLine($"{path} passed sanity check.");
    }
}
