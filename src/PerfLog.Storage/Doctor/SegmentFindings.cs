namespace PerfLog.Storage.Doctor;

/// <summary>Puts what is wrong with a segment into words. Pure functions.</summary>
internal static class SegmentFindings
{
    public static void Add(PartitionHealth health, SegmentHealth segment, Offset recoveryPoint)
    {
        string name = health.Name(segment.Files.Log);
        if (segment.IsOldFormat)
        {
            health.Findings.Add(Finding.Incurable(name, "it holds messages of a format older than Kafka 0.11, which PerfLog does not read; copy them with an old Kafka"));
            return;
        }

        foreach (BadStretch bad in segment.Bad) health.Findings.Add(Describe(name, bad, recoveryPoint));
        if (segment.ReservedBytes > 0)
            health.Findings.Add(Finding.Note(name, $"{segment.ReservedBytes} bytes at its end are reserved and not written, as a process that was killed leaves them"));
        foreach ((string suffix, string damage) in segment.IndexDamage)
            health.Findings.Add(Finding.Problem(health.Name(segment.Files[suffix]), damage, "writes it anew from the log file", Finding.NoLoss));
    }

    private static Finding Describe(string name, BadStretch bad, Offset recoveryPoint)
    {
        string where = $"bytes {bad.Start} to {bad.End - 1} are no good batch: {bad.Reason}";
        if (!bad.IsTail)
        {
            return Finding.Problem(
                name, $"{where}; good ones follow from offset {bad.NextOffset}", "takes these bytes out and keeps what is before and after",
                bad.NextOffset > bad.FirstOffset ? $"the records at offsets {bad.FirstOffset} to {bad.NextOffset - 1}, unreadable already" : Finding.NoLoss);
        }

        // What was never brought to the disk may be torn after a crash; what was, the disk has spoiled.
        string kind = bad.FirstOffset >= recoveryPoint
            ? "; nothing good follows, as a crash may leave it"
            : $"; nothing good follows, though all below offset {recoveryPoint} was on the disk once";
        return Finding.Problem(
            name, where + kind, "cuts the file there", $"the records from offset {bad.FirstOffset} on in this file, unreadable already");
    }
}
