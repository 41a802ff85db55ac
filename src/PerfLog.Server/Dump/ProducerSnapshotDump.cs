using PerfLog.Hashing;
using PerfLog.Wire;

namespace PerfLog.Server.Dump;

/// <summary>
/// Shows what a log knew of its producers: version (2 bytes), CRC-32C of all that follows (4), a count (4), and for each
/// producer id (8), epoch (2), last sequence (4), last offset (8), offset delta (4), timestamp (8), coordinator epoch (4)
/// and the first offset of its open transaction (8, -1 for none).
/// </summary>
internal sealed class ProducerSnapshotDump(DumpOptions options, DumpReport report)
{
    private const int HeaderBytes = 6;
    private const int EntryBytes = 46;

    public void Dump(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        var reader = new WireReader(bytes);
        short version = reader.ReadInt16();
        uint crc = reader.ReadUInt32();
        int count = reader.ReadInt32();
        if (reader.Failed) report.Fault(path, bytes.Length, "the file is shorter than its header");
        else if (version != 1) report.Fault(path, 0, $"the version is {version}, not 1");
        else if (Crc32C.Compute(bytes.AsSpan(HeaderBytes)) != crc) report.Fault(path, 2, "the checksum does not match the bytes");
        else if (count < 0 || (long)count * EntryBytes != reader.Remaining)
            report.Fault(path, HeaderBytes, $"{count} producers are announced, {reader.Remaining} bytes follow");
        else WriteProducers(ref reader, count, path);
    }

    private void WriteProducers(ref WireReader reader, int count, string path)
    {
        for (int index = 0; index < count; index++)
        {
            long producerId = reader.ReadInt64();
            short epoch = reader.ReadInt16();
            int lastSequence = reader.ReadInt32();
            long lastOffset = reader.ReadInt64();
            int offsetDelta = reader.ReadInt32();
            long timestamp = reader.ReadInt64();
            int coordinatorEpoch = reader.ReadInt32();
            long transactionStart = reader.ReadInt64();
            if (!options.ShowIndexEntries) continue;
            string transaction = transactionStart < 0 ? "OptionalLong.empty" : $"OptionalLong[{transactionStart}]";
            report.Output.WriteLine(
                $"producerId: {producerId} producerEpoch: {epoch} coordinatorEpoch: {coordinatorEpoch} " +
                $"currentTxnFirstOffset: {transaction} lastTimestamp: {timestamp} lastSequence: {lastSequence} " +
                $"lastOffset: {lastOffset} offsetDelta: {offsetDelta}");
        }

        if (options.IndexSanityOnly) report.Output.WriteLine($"{path} passed sanity check.");
    }
}
