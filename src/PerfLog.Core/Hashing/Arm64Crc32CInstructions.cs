using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using AesArm = System.Runtime.Intrinsics.Arm.Aes;
using CrcArm = System.Runtime.Intrinsics.Arm.Crc32;

namespace PerfLog.Hashing;

/// <inheritdoc/>
internal readonly struct Arm64Crc32CInstructions : ICrc32CInstructions
{
    public static bool IsSupported => CrcArm.Arm64.IsSupported && AesArm.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Step(ulong state, byte value) => CrcArm.ComputeCrc32C((uint)state, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Step(ulong state, ulong value) => CrcArm.Arm64.ComputeCrc32C((uint)state, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Multiply(uint left, uint right) => AesArm.PolynomialMultiplyWideningLower(
        Vector64.CreateScalar((ulong)left), Vector64.CreateScalar((ulong)right)).ToScalar();
}
