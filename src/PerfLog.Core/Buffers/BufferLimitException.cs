namespace PerfLog.Buffers;

/// <summary>More bytes were to be written than a buffer's limit allows. Whoever set the limit says what it stands for.</summary>
public sealed class BufferLimitException(long bytesWanted, int bytesMax)
    : InvalidOperationException($"{bytesWanted} bytes are over the buffer's limit of {bytesMax}.")
{
    /// <summary>What the buffer would have to hold, as far as it was asked for.</summary>
    public long BytesWanted { get; } = bytesWanted;

    /// <summary>The limit.</summary>
    public int BytesMax { get; } = bytesMax;
}
