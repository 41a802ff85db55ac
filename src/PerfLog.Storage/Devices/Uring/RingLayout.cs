using System.Runtime.InteropServices;

namespace PerfLog.Storage;

/// <summary>
/// What io_uring_setup takes and gives: 120 bytes. Of the two tables of offsets, into the memory shared with the kernel,
/// only the fields that are used have names.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 120)]
internal struct RingParameters
{
    [FieldOffset(0)] public uint SubmissionEntries;
    [FieldOffset(4)] public uint CompletionEntries;
    [FieldOffset(8)] public uint Flags;
    [FieldOffset(20)] public uint Features;
    [FieldOffset(40)] public uint SubmissionHead;
    [FieldOffset(44)] public uint SubmissionTail;
    [FieldOffset(48)] public uint SubmissionMask;
    [FieldOffset(64)] public uint SubmissionArray;
    [FieldOffset(80)] public uint CompletionHead;
    [FieldOffset(84)] public uint CompletionTail;
    [FieldOffset(88)] public uint CompletionMask;
    [FieldOffset(100)] public uint Completions;
}

/// <summary>One operation for the kernel: 64 bytes of the submission queue.</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal struct RingSubmission
{
    [FieldOffset(0)] public byte Operation;
    [FieldOffset(1)] public byte Flags;
    [FieldOffset(4)] public int Descriptor;
    [FieldOffset(8)] public long Position;
    [FieldOffset(16)] public nint Address;
    [FieldOffset(24)] public uint Length;
    [FieldOffset(28)] public uint OperationFlags;
    [FieldOffset(32)] public ulong Tag;
}

/// <summary>What became of one operation: 16 bytes of the completion queue.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct RingCompletion
{
    /// <summary>What the submission had.</summary>
    [FieldOffset(0)] public ulong Tag;

    /// <summary>The bytes transferred, or the negative number of an error.</summary>
    [FieldOffset(8)] public int Result;

    [FieldOffset(12)] public uint Flags;
}

/// <summary>The operations used, by the kernel's numbers.</summary>
internal enum RingOperation : byte
{
    Nothing = 0,
    Flush = 3,
    Write = 23,
}
