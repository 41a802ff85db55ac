using System.Buffers;
using PerfLog.Buffers;
using PerfLog.Records;
using PerfLog.Storage;

namespace PerfLog.Broker.Fetching;

/// <summary>
/// Rewrites fetched batches as the messages that clients of Fetch versions 0 to 3 know. It costs a copy and a walk over the
/// records, for those old clients alone. Any thread may call it.
/// </summary>
internal sealed class FetchDownConversion
{
    private const int ConvertersKept = 4;
    private const int DecompressedBytesMax = 128 * 1024 * 1024;
    private const short FirstWithMagic1 = 2;

    // Messages need more bytes than the records they are made of; so many times as much is allowed.
    private const int GrowthMax = 4;

    private readonly Reusables<MessageSetDownConverter> _converters =
        new(static () => new MessageSetDownConverter(DecompressedBytesMax), ConvertersKept);

    private readonly Reusables<GrowingBuffer> _buffers = new(static () => new GrowingBuffer(0), ConvertersKept);

    public void Convert(List<FetchTarget> targets, short version)
    {
        byte magic = version < FirstWithMagic1 ? (byte)0 : (byte)1;
        MessageSetDownConverter converter = _converters.Rent();
        foreach (FetchTarget target in targets)
        {
            if (target.HasRegion) Convert(target, magic, converter);
        }

        _converters.GiveBack(converter);
    }

    /// <summary>Takes the messages back once they are written.</summary>
    public void Release(List<FetchTarget> targets)
    {
        foreach (FetchTarget target in targets)
        {
            if (target.Converted is { } buffer) _buffers.GiveBack(buffer);
            target.Converted = null;
        }
    }

    private void Convert(FetchTarget target, byte magic, MessageSetDownConverter converter)
    {
        FileRegion region = target.TakeRegion();
        byte[] batches = ArrayPool<byte>.Shared.Rent(region.Length);
        GrowingBuffer messages = _buffers.Rent();
        messages.Reset((int)Math.Min((long)region.Length * GrowthMax, int.MaxValue));
        try
        {
            int read = region.CopyTo(batches);
            DownConversion conversion = converter.Convert(batches.AsSpan(0, read), magic, target.FetchOffset, messages);
            if (!conversion.IsConverted) target.SetError(conversion.Error);
            target.Converted = messages;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(batches);
            region.Release();
        }
    }
}
