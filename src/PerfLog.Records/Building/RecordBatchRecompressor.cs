using System.Buffers.Binary;
using PerfLog.Buffers;

namespace PerfLog.Records;

/// <summary>
/// Rebuilds a batch with another codec, for topics that choose their own (<c>compression.type</c>). The records and
/// every other field of the header stay: offsets, producer, sequence, times, flags. Any thread may call it.
/// </summary>
public static class RecordBatchRecompressor
{
    /// <param name="batch">A whole, valid batch.</param>
    /// <param name="codec">The codec of the new batch.</param>
    /// <param name="scratch">Holds the plain records meanwhile; is reset.</param>
    /// <param name="decompressedBytesMax">A batch that decompresses to more is refused.</param>
    /// <param name="destination">The new batch is appended to it; its limit bounds the size.</param>
    /// <param name="fault">Why the batch cannot be rebuilt. What was appended then is taken back.</param>
    public static bool TryRebuild(
        ReadOnlySpan<byte> batch,
        CompressionCodec codec,
        GrowingBuffer scratch,
        int decompressedBytesMax,
        GrowingBuffer destination,
        out string? fault)
    {
        var view = new RecordBatchView(batch);
        scratch.Reset(decompressedBytesMax);
        if (!RecordCompression.TryDecompress(view.Codec, view.Records, scratch, out fault)) return false;

        int start = destination.WrittenBytes;
        if (destination.TryWrite(batch[..RecordBatchLayout.HeaderBytes])
            && RecordCompression.TryCompress(codec, scratch.WrittenSpan, destination))
        {
            FinishHeader(destination.WrittenMemory.Span[start..], view.Attributes, codec);
            return true;
        }

        destination.Truncate(start);
        fault = "compressed anew, the batch is larger than allowed";
        return false;
    }

    private static void FinishHeader(Span<byte> batch, BatchAttributes attributes, CompressionCodec codec)
    {
        var changed = (short)((attributes & ~BatchAttributes.CodecMask) | (BatchAttributes)(short)codec);
        BinaryPrimitives.WriteInt32BigEndian(
            batch[RecordBatchLayout.BatchLength..], batch.Length - RecordBatchLayout.LengthPrefixBytes);
        BinaryPrimitives.WriteInt16BigEndian(batch[RecordBatchLayout.Attributes..], changed);
        RecordBatchFields.WriteCrc(batch);
    }
}
