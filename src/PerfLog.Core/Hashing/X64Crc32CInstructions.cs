using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace PerfLog.Hashing;

/// <inheritdoc/>
internal readonly struct X64Crc32CInstructions : ICrc32CInstructions
{
    public static bool IsSupported => Sse42.X64.IsSupported && Pclmulqdq.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Step(ulong state, byte value) => Sse42.Crc32((uint)state, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Step(ulong state, ulong value) => Sse42.X64.Crc32(state, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Multiply(uint left, uint right) => Pclmulqdq.CarrylessMultiply(
        Vector128.CreateScalar(left).AsUInt64(), Vector128.CreateScalar(right).AsUInt64(), 0).ToScalar();
}
