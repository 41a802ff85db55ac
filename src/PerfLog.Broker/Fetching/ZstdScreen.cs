using PerfLog.Records;
using PerfLog.Storage;

namespace PerfLog.Broker.Fetching;

/// <summary>
/// Keeps zstd from the clients of Fetch below version 10, which do not know it: they get an error they understand in place
/// of bytes they do not. It walks the headers of what was found, for those old clients alone. Stateless.
/// </summary>
internal static class ZstdScreen
{
    public const short FirstWithZstd = 10;
    private const int HeaderPartBytes = RecordBatchLayout.Attributes + sizeof(short);

    public static void Apply(List<FetchTarget> targets)
    {
        foreach (FetchTarget target in targets)
        {
            if (target.HasRegion && HoldsZstd(target.Region)) target.SetError(ErrorCode.UnsupportedCompressionType);
        }
    }

    private static bool HoldsZstd(in FileRegion region)
    {
        Span<byte> header = stackalloc byte[RecordBatchLayout.HeaderBytes];
        int position = 0;
        while (region.Length - position >= HeaderPartBytes)
        {
            // The last batch's header is whole, because a region holds whole batches.
            if (region.File!.Read((long)region.Position.Value + position, header) < HeaderPartBytes) return false;
            var batch = new RecordBatchView(header);
            if (batch.Codec == CompressionCodec.Zstd) return true;
            position += batch.SizeBytes;
        }

        return false;
    }
}
