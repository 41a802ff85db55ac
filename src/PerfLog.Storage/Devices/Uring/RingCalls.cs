using System.Runtime.InteropServices;

namespace PerfLog.Storage;

/// <summary>The system calls behind <see cref="Ring"/>. libc has no functions for them, so they go by number: 425 and 426
/// on every architecture that .NET runs on.</summary>
internal static unsafe partial class RingCalls
{
    /// <summary>The completion that the call waits for.</summary>
    public const uint EnterGetEvents = 1;

    public const int ErrorInterrupted = 4;
    public const int ErrorTryAgain = 11;
    public const int ErrorBusy = 16;

    private const long SetupNumber = 425;
    private const long EnterNumber = 426;
    private const int ReadAndWrite = 3;
    private const int SharedAndPopulated = 0x8001;
    private static readonly nint MapFailed = -1;

    /// <returns>The ring's descriptor; negative on failure, with the error set.</returns>
    public static int Setup(uint entries, ref RingParameters parameters)
    {
        fixed (RingParameters* at = &parameters) return (int)SystemCall(SetupNumber, (nint)entries, (nint)at, 0, 0, 0, 0);
    }

    /// <returns>The operations taken; negative on failure, with the error set.</returns>
    public static int Enter(int ring, uint submit, uint waitFor, uint flags) =>
        (int)SystemCall(EnterNumber, ring, (nint)submit, (nint)waitFor, (nint)flags, 0, 0);

    /// <summary>Maps a part of the memory that the kernel shares; null on failure.</summary>
    public static byte* Map(int ring, nuint bytes, long part)
    {
        nint address = MapMemory(0, bytes, ReadAndWrite, SharedAndPopulated, ring, part);
        return address == MapFailed ? null : (byte*)address;
    }

    public static void Unmap(byte* address, nuint bytes)
    {
        if (address is not null) _ = UnmapMemory((nint)address, bytes);
    }

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, nint a, nint b, nint c, nint d, nint e, nint f);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint MapMemory(nint address, nuint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int UnmapMemory(nint address, nuint length);
}
