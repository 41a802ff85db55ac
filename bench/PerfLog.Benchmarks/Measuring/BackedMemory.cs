using System.Runtime.InteropServices;

namespace PerfLog.Benchmarks.Measuring;

/// <summary>
/// Makes sure that free memory is really there. A virtual machine gives free pages back to its host, and the first write to
/// such a page costs ten times the write itself: whoever writes files is then measured at the pace of the host.
/// </summary>
internal static partial class BackedMemory
{
    private const int AdviceNoHugePages = 15;

    /// <summary>Touches so much memory, page by page, and frees it, so that what is written next finds it.</summary>
    public static unsafe void Prepare(long bytes)
    {
        nuint pageBytes = (nuint)Environment.SystemPageSize;
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, pageBytes);

        // Huge pages would be freed as such, and the host takes those back first.
        _ = Advise(memory, (nuint)bytes, AdviceNoHugePages);
        Touch(memory, bytes);
        NativeMemory.AlignedFree(memory);
    }

    /// <summary>Writes to every page, so that each is really there.</summary>
    public static unsafe void Touch(byte* memory, long bytes)
    {
        for (long at = 0; at < bytes; at += Environment.SystemPageSize) memory[at] = 1;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static unsafe partial int Advise(void* address, nuint length, int advice);
}
