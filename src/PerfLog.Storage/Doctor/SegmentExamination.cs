using System.Buffers.Binary;
using PerfLog.Records;

namespace PerfLog.Storage.Doctor;

/// <summary>Reads one segment whole and holds its files against each other. One thread at a time.</summary>
internal sealed class SegmentExamination(IStorageDevice device, Action<long> onBytesRead)
{
    private const long ReportBytes = 4 * 1024 * 1024;

    /// <param name="files">The segment's.</param>
    /// <param name="limit">Where the next segment starts.</param>
    public SegmentHealth Examine(SegmentFiles files, Offset limit)
    {
        SegmentHealth health = new(files, limit);
        OffsetIndexCheck offsets = new(Read(files.OffsetIndex), files.BaseOffset);
        TimeIndexCheck times = new(Read(files.TimeIndex), files.BaseOffset);
        using IStorageFile file = device.OpenFile(files.Log, FileOpening.Existing);
        WalkBatches(new BatchWalk(file, files.BaseOffset, limit), health, offsets, times);
        if (health.IsOldFormat) return health;

        offsets.End(health.NextOffset);
        times.End(health.NextOffset);
        NoteIndex(health, SegmentFiles.OffsetIndexSuffix, offsets.Damage);
        NoteIndex(health, SegmentFiles.TimeIndexSuffix, times.Damage);
        if (TransactionDamage(Read(files.TransactionIndex), health) is { } damage) health.IndexDamage[SegmentFiles.TransactionIndexSuffix] = damage;
        return health;
    }

    private void WalkBatches(BatchWalk walk, SegmentHealth health, OffsetIndexCheck offsets, TimeIndexCheck times)
    {
        long reported = 0;
        for (long position = 0; position < walk.Length;)
        {
            if (!walk.TryRead(position, health.NextOffset))
            {
                if (!TrySkipBad(walk, health, ref position)) break;
                continue;
            }

            RecordBatchView batch = new(walk.Batch.Span);
            offsets.Batch(position, batch.LastOffset);
            times.Batch(batch.LastOffset, batch.MaxTimestamp);
            Count(health, batch);
            position += batch.SizeBytes;
            if (position - reported < ReportBytes) continue;
            onBytesRead(position - reported);
            reported = position;
        }

        onBytesRead(walk.Length - reported);
    }

    private static bool TrySkipBad(BatchWalk walk, SegmentHealth health, ref long position)
    {
        if (walk.IsZeroFrom(position))
        {
            health.ReservedBytes = walk.Length - position;
            return false;
        }

        string reason = walk.Fault;
        health.IsOldFormat = position == 0 && walk.IsOldFormat;
        if (health.IsOldFormat) return false;
        long next = walk.FindNext(position + 1, health.NextOffset);
        Offset nextOffset = next < walk.Length ? new RecordBatchView(walk.Batch.Span).BaseOffset : Offset.None;
        health.Bad.Add(new BadStretch(position, next, health.NextOffset, nextOffset, reason));
        position = next;
        return true;
    }

    private static void Count(SegmentHealth health, RecordBatchView batch)
    {
        health.GoodBatches++;
        health.NextOffset = batch.NextOffset;
        if (batch.IsControl) health.Markers.Add(batch.LastOffset.Value);
        LeaderEpoch epoch = batch.PartitionLeaderEpoch;
        if (epoch.Value >= 0 && (health.Epochs.Count == 0 || health.Epochs[^1].Epoch != epoch)) health.Epochs.Add(new EpochStart(epoch, batch.BaseOffset));
    }

    private void NoteIndex(SegmentHealth health, string suffix, string? damage)
    {
        if (!device.FileExists(health.Files[suffix])) health.IndexDamage[suffix] = "it is missing";
        else if (damage is not null) health.IndexDamage[suffix] = damage;
    }

    private static string? TransactionDamage(ReadOnlyMemory<byte> bytes, SegmentHealth health)
    {
        if (bytes.Length % TransactionIndex.EntryBytes != 0) return "it ends inside an entry";
        long before = -1;
        for (int at = 0; at < bytes.Length; at += TransactionIndex.EntryBytes)
        {
            ReadOnlySpan<byte> entry = bytes.Span[at..];
            int number = at / TransactionIndex.EntryBytes;
            long first = BinaryPrimitives.ReadInt64BigEndian(entry[10..]), last = BinaryPrimitives.ReadInt64BigEndian(entry[18..]);
            if (BinaryPrimitives.ReadInt16BigEndian(entry) != 0) return $"its entry {number} has an unknown version";
            if (last <= before || first > last) return $"its entry {number} goes back";
            if (!health.Markers.Contains(last)) return $"its entry {number} says offset {last}, where no transaction ends";
            before = last;
        }

        return null;
    }

    private byte[] Read(string path) => AtomicFile.Read(device, path) ?? [];
}
