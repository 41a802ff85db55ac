using System.Runtime.InteropServices;

namespace PerfLog.Benchmarks.Measuring;

/// <summary>
/// Free memory that stays within the machine for the length of a run. The host of a virtual machine takes free memory back, in
/// whole blocks of 2 MiB and within a second, and a page that must come from it again costs ten times what writing the page does:
/// whoever writes files is then measured at the pace of the host.
/// </summary>
/// <remarks>
/// The memory is taken in huge pages, and all of each but its first 4 KiB is given back to the kernel. What is free then lies in blocks
/// that cannot grow whole again, so that no host asks for them; the kernel, which breaks its smallest free blocks first, takes
/// from them before it takes from anywhere else, and files that are deleted return there. Where huge pages are not to
/// be had the memory is touched all the same, which helps less.
/// </remarks>
internal sealed unsafe partial class ReadyMemory : IDisposable
{
    /// <summary>What runs make ready when they are not told otherwise.</summary>
    public const double DefaultGib = 4;

    private const int HugePageBytes = 2 * 1024 * 1024;
    private const int KeptBytes = 4096;
    private const int AdviceDontNeed = 4;
    private const int AdviceFree = 8;
    private const int AdviceHugePages = 14;
    private const long SpareBytesMin = 3L << 30;

    private readonly byte* _memory;

    /// <param name="gib">How much; 0 for none.</param>
    /// <exception cref="UsageException">There is not so much with some to spare.</exception>
    public ReadyMemory(double gib)
    {
        long bytes = (long)(gib * (1L << 30)) / HugePageBytes * HugePageBytes;
        if (bytes == 0) return;
        if (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - bytes < SpareBytesMin)
            throw new UsageException($"--ready-memory {gib}: the machine needs {SpareBytesMin >> 30} GiB beside it.");
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, HugePageBytes);
        _ = Advise(_memory, (nuint)bytes, AdviceHugePages);
        for (long at = 0; at < bytes; at += Environment.SystemPageSize) _memory[at] = 1;
        for (long at = 0; at < bytes; at += HugePageBytes) GiveBack(_memory + at + KeptBytes, HugePageBytes - KeptBytes);
    }

    public void Dispose() => NativeMemory.AlignedFree(_memory);

    // The first advice splits the huge page, without which the second would free nothing before memory runs short.
    private static void GiveBack(byte* memory, nuint bytes)
    {
        _ = Advise(memory, bytes, AdviceFree);
        _ = Advise(memory, bytes, AdviceDontNeed);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
