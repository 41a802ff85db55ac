namespace PerfLog.Server.Dump;

/// <summary>Where a dump goes, and the faults it met. One dump uses it, from one thread.</summary>
internal sealed class DumpReport(TextWriter output, TextWriter errors, CancellationToken cancellation = default)
{
    public TextWriter Output { get; } = output;

    public int Faults { get; private set; }

    /// <summary>Ends the dump when Ctrl-C asked for it; called for each batch and each entry of an index.</summary>
    public void ThrowIfStopped() => cancellation.ThrowIfCancellationRequested();

    /// <summary>Tells of something broken; the dump goes on with what can still be read.</summary>
    public void Fault(string path, long position, string reason)
    {
        Faults++;
        Output.Flush();
        errors.WriteLine($"{path} at byte {position}: {reason}");
    }
}
