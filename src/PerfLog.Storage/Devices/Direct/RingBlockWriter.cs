using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PerfLog.Storage;

/// <summary>Writes blocks by a ring and a handle that passes the page cache by.</summary>
internal sealed class RingBlockWriter(string path, SafeFileHandle ownedHandle, Ring ring) : IBlockWriter
{
    private const int BlockBits = 32;

    public int Pending => ring.Pending;

    // The kernel has the address beyond this call: it is native memory, which does not move and lives as long as the ring.
    public unsafe void Begin(int block, long position, ReadOnlySpan<byte> bytes)
    {
        ref byte start = ref MemoryMarshal.GetReference(bytes);
        ulong tag = ((ulong)bytes.Length << BlockBits) | (uint)block;
        ring.QueueWrite((int)ownedHandle.DangerousGetHandle(), position, System.Runtime.CompilerServices.Unsafe.AsPointer(ref start), bytes.Length, tag);
        ring.Submit();
    }

    public bool TryTake(out int block, bool waits)
    {
        block = 0;
        RingCompletion completion;
        while (!ring.TryTake(out completion))
        {
            if (!waits || ring.Pending == 0) return false;
            ring.Submit(waitFor: 1);
        }

        block = (int)(uint)completion.Tag;
        int length = (int)(completion.Tag >> BlockBits);
        if (completion.Result == length) return true;
        throw new IOException(completion.Result < 0
            ? $"{path}: {Marshal.GetPInvokeErrorMessage(-completion.Result)}"
            : $"{path}: {completion.Result} of {length} bytes were written");
    }

    public void Dispose() => ownedHandle.Dispose();
}
