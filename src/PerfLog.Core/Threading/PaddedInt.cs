using System.Runtime.InteropServices;

namespace PerfLog.Threading;

/// <summary>
/// A number in a cache line that it shares with nothing: a thread that looks at it again and again takes nothing away from
/// others that write its neighbours. The room on both sides keeps the processor's prefetching of pairs of lines off, too.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 3 * LineBytes)]
public struct PaddedInt
{
    private const int LineBytes = 128;

    [FieldOffset(LineBytes)]
    public int Value;
}
