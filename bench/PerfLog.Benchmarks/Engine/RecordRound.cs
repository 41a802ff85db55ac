namespace PerfLog.Benchmarks.Engine;

/// <summary>One round of appending single records: until the last was written (or as near to it as a peer says), and until the
/// last was on the disk.</summary>
internal readonly record struct RecordRound(Effort Written, Effort Flushed)
{
    public static RecordRound Of(long bytes, Action write, Action flush)
    {
        Effort written = default;
        Effort flushed = Effort.Of(bytes, () =>
        {
            written = Effort.Of(bytes, write);
            flush();
        });
        return new RecordRound(written, flushed);
    }
}
