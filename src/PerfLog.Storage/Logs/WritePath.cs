namespace PerfLog.Storage;

/// <summary>How appended bytes reach the disk.</summary>
public enum WritePath
{
    /// <summary>Through the page cache. What was appended survives the end of the process, flushed or not.</summary>
    Cached = 0,

    /// <summary>
    /// Past the page cache, in large blocks that the log fills in memory: more bytes per second at a fraction of the processor
    /// time. What is not flushed may be lost with the process. For a few logs that are written all the time; small ones, and
    /// more of them than there is memory for, are written through the page cache.
    /// </summary>
    Direct = 1,

    /// <summary>Whichever is faster on this disk, which is tried out when the directory is opened.</summary>
    Auto = 2,
}
