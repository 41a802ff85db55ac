namespace PerfLog.Storage;

/// <summary>How far an appended record must have come before its append is acknowledged. Each level includes those before it.</summary>
public enum Acknowledgement
{
    /// <summary>The record has its offset and lies in the log's memory. A crash of the process takes it.</summary>
    Accepted,

    /// <summary>The record is in its file and readers see it. A crash of the process leaves it, a crash of the machine may take it.
    /// (With <see cref="WritePath.Direct"/> a crash of the process may take it, too.)</summary>
    Written,

    /// <summary>The record is on the disk. Appends that ask for this at the same time share one flush.</summary>
    Flushed,
}
