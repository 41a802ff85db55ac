namespace PerfLog.Storage;

/// <summary>
/// The blocks in which the logs of one directory gather records, with a limit of them for all logs together. Any thread
/// rents and returns. Who finds none waits for room at <see cref="Room"/>.
/// </summary>
internal sealed class BatchBlocks(int blockBytes, long bytesMax)
{
    // A block that the writer has just read lies in the writer's processor's cache, and fetching line after line back from there costs
    // an appender more than its record does: half the speed of small records. So blocks rest until others have displaced them there.
    // Those that are being filled and written count: who takes more of them for a moment has fewer rest, and none made.
    private const long RestingBytes = 14 * 1024 * 1024;

    // What a burst has made beyond that is not kept for ever.
    private const int KeptMoreMax = 16;

    private readonly int _restingMin = (int)(Math.Min(RestingBytes, bytesMax / 2) / blockBytes);
    private readonly Lock _gate = new();
    private readonly Queue<byte[]> _free = [];
    private long _rentedBytes;

    public int BlockBytes => blockBytes;

    public RoomSignal Room { get; } = new();

    /// <summary>Whether a block of so many bytes could be had now.</summary>
    public bool HasRoom(int bytes) => Fits(Math.Max(bytes, blockBytes));

    /// <summary>A block of at least so many bytes; null when the limit is reached. One block there always is.</summary>
    public byte[]? TryRent(int bytes)
    {
        bool isCommon = bytes <= blockBytes;
        int size = isCommon ? blockBytes : bytes;
        lock (_gate)
        {
            if (!Fits(size)) return null;
            Volatile.Write(ref _rentedBytes, _rentedBytes + size);
            if (isCommon && _free.Count > 0 && _free.Count + (_rentedBytes / blockBytes) > _restingMin) return _free.Dequeue();
        }

        return GC.AllocateUninitializedArray<byte>(size);
    }

    public void Return(byte[] block)
    {
        lock (_gate)
        {
            Volatile.Write(ref _rentedBytes, _rentedBytes - block.Length);
            if (block.Length == blockBytes && _free.Count <= _restingMin + KeptMoreMax) _free.Enqueue(block);
        }
    }

    private bool Fits(int size) => Volatile.Read(ref _rentedBytes) is var rented && (rented == 0 || rented + size <= bytesMax);
}
