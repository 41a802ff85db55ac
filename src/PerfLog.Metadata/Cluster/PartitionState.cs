namespace PerfLog.Metadata;

/// <summary>Leader and in-sync set of a partition, as its <c>state</c> znode has them. All methods are pure.</summary>
internal static class PartitionState
{
    public static byte[] Write(PartitionImage partition)
    {
        int[] isr = [.. partition.Isr.Select(static broker => broker.Value)];
        var body = new PartitionStateBody(
            partition.ControllerEpoch, partition.Leader.Value, partition.LeaderEpoch.Value, isr);
        return ZnodeJson.Write(body, ZnodeBodies.Default.PartitionStateBody);
    }

    public static PartitionImage Read(PartitionImage partition, string path, Znode node)
    {
        PartitionStateBody body = ZnodeJson.Read(path, node.Data, ZnodeBodies.Default.PartitionStateBody);
        return partition with
        {
            ControllerEpoch = body.ControllerEpoch,
            Leader = new BrokerId(body.Leader),
            LeaderEpoch = new LeaderEpoch(body.LeaderEpoch),
            Isr = [.. body.Isr.Select(static broker => new BrokerId(broker))],
            PartitionEpoch = node.Stat.Version.Value,
            StateZxid = node.Stat.Modified,
        };
    }
}
