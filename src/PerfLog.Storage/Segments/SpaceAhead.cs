namespace PerfLog.Storage;

/// <summary>
/// How far ahead of its end a growing log file has its disk space reserved. Taking the space in large steps makes a write
/// cheaper by a third than having the file system find some for each. A small log reserves nothing, and none more than it
/// holds already, so that thousands of idle partitions cost no space.
/// </summary>
internal static class SpaceAhead
{
    public const int StartBytes = 1024 * 1024;
    public const int StepBytesMax = 64 * 1024 * 1024;

    /// <summary>Taking space makes writes past the page cache wait for each other, so it is done in larger steps.</summary>
    public const int DirectStepBytes = 128 * 1024 * 1024;

    /// <returns>The length to reserve the file to, for a write that ends there; no more than now when it is covered.</returns>
    public static long Wanted(long writeEnd, long reserved, long segmentBytes, bool isDirect = false)
    {
        if (writeEnd <= reserved || (writeEnd < StartBytes && !isDirect)) return reserved;
        long step = isDirect ? DirectStepBytes : Math.Min(writeEnd, StepBytesMax);
        return Math.Max(reserved, Math.Min(writeEnd + step, Math.Max(segmentBytes, writeEnd)));
    }
}
