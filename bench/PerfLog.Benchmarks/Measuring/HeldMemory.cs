using System.Runtime.InteropServices;

namespace PerfLog.Benchmarks.Measuring;

/// <summary>
/// Memory that is held for the length of a run and never used. On a virtual machine whose host takes free memory back, a page that
/// was free for some seconds comes from the host again, at a fraction of the speed of writing it. With most of the memory held the
/// rest goes round within the machine, as it does on one whose page cache has filled up in some hours of work.
/// </summary>
internal sealed unsafe class HeldMemory : IDisposable
{
    private readonly byte* _memory;

    /// <param name="gib">How much; 0 for none.</param>
    /// <exception cref="UsageException">There is not so much with some to spare.</exception>
    public HeldMemory(double gib)
    {
        if (gib <= 0) return;
        long bytes = (long)(gib * (1L << 30));
        long spareBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - bytes;
        const long SpareBytesMin = 3L << 30;
        if (spareBytes < SpareBytesMin) throw new UsageException($"--hold-memory {gib} leaves less than {SpareBytesMin >> 30} GiB for the measured.");
        _memory = (byte*)NativeMemory.Alloc((nuint)bytes);
        BackedMemory.Touch(_memory, bytes);
    }

    public void Dispose() => NativeMemory.Free(_memory);
}
