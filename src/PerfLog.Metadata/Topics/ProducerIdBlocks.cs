using System.Globalization;

namespace PerfLog.Metadata;

/// <summary>A range of producer ids that one broker hands out. Both ends belong to it.</summary>
public sealed record ProducerIdBlock(BrokerId Broker, ProducerId First, ProducerId Last);

/// <summary>Gives out blocks of producer ids, no id ever twice in a cluster. Any thread may call it.</summary>
public sealed class ProducerIdBlocks(IMetadataSession session)
{
    public const int BlockSize = 1000;

    public async ValueTask<CatalogResult<ProducerIdBlock>> AllocateAsync(
        BrokerId broker, CancellationToken cancellation = default)
    {
        while (true)
        {
            ZnodeResult<Znode> present = await session.GetAsync(ClusterLayout.ProducerIdBlock, cancellation);
            long first = present.Succeeded ? EndOf(present.Value!) + 1 : 0;
            if (first > long.MaxValue - BlockSize)
                return CatalogResult.Failed<ProducerIdBlock>(ErrorCode.UnknownServerError, "All producer ids are used up.");

            long last = first + BlockSize - 1;
            byte[] data = ZnodeJson.Write(
                new ProducerIdBlockBody(broker.Value, Text(first), Text(last)), ZnodeBodies.Default.ProducerIdBlockBody);
            ZnodeChange change = present.Succeeded
                ? new ZnodeChange.SetData(ClusterLayout.ProducerIdBlock, data, present.Value!.Stat.Version)
                : new ZnodeChange.Create(ClusterLayout.ProducerIdBlock, data);
            CommitResult committed = await session.CommitAsync([change], cancellation);
            if (committed.Succeeded)
                return CatalogResult.Of(new ProducerIdBlock(broker, new ProducerId(first), new ProducerId(last)));
            if (committed.Error is not (ZnodeError.BadVersion or ZnodeError.NodeExists or ZnodeError.NoNode))
                throw new MetadataUnavailableException($"{ClusterLayout.ProducerIdBlock} cannot be written: {committed.Error}.");
        }
    }

    private static long EndOf(Znode node)
    {
        ProducerIdBlockBody body = ZnodeJson.Read(
            ClusterLayout.ProducerIdBlock, node.Data, ZnodeBodies.Default.ProducerIdBlockBody);
        if (long.TryParse(body.BlockEnd, NumberStyles.None, CultureInfo.InvariantCulture, out long end)) return end;
        throw new CorruptMetadataException($"{ClusterLayout.ProducerIdBlock} ends at \"{body.BlockEnd}\", which is no number.");
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
