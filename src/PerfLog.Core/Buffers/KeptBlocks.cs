using System.Buffers;
using System.Numerics;

namespace PerfLog.Buffers;

/// <summary>
/// Memory for an owner who uses very many large blocks at a time: all that were returned are kept for the next ones, up to a number of
/// bytes. Any thread may rent and return. Rented memory is not cleared.
/// </summary>
/// <param name="keptBytesMax">What is returned beyond it goes to the garbage collector.</param>
public sealed class KeptBlocks(long keptBytesMax) : ArrayPool<byte>
{
    private const int SizesCount = 31;

    private readonly Lock _lock = new();
    private readonly Stack<byte[]>?[] _kept = new Stack<byte[]>?[SizesCount];
    private long _keptBytes;

    /// <summary>The bytes that wait for the next ones.</summary>
    public long KeptBytes
    {
        get
        {
            lock (_lock) return _keptBytes;
        }
    }

    public override byte[] Rent(int minimumLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(minimumLength);
        int size = BitOperations.Log2((uint)Math.Max(minimumLength, 1) * 2 - 1);
        if (size >= SizesCount) return GC.AllocateUninitializedArray<byte>(minimumLength);
        lock (_lock)
        {
            if (_kept[size] is { } blocks && blocks.TryPop(out byte[]? kept))
            {
                _keptBytes -= kept.Length;
                return kept;
            }
        }

        return GC.AllocateUninitializedArray<byte>(1 << size);
    }

    public override void Return(byte[] array, bool clearArray = false)
    {
        if (!BitOperations.IsPow2(array.Length)) return;
        if (clearArray) Array.Clear(array);
        lock (_lock)
        {
            if (_keptBytes + array.Length > keptBytesMax) return;
            (_kept[BitOperations.Log2((uint)array.Length)] ??= new Stack<byte[]>()).Push(array);
            _keptBytes += array.Length;
        }
    }
}
