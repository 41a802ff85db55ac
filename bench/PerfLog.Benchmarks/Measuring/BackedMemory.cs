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
        for (nuint at = 0; at < (nuint)bytes; at += pageBytes) memory[at] = 1;
        NativeMemory.AlignedFree(memory);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static unsafe partial int Advise(void* address, nuint length, int advice);
}
