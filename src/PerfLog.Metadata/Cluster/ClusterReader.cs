using System.Collections.Immutable;
using System.Globalization;

namespace PerfLog.Metadata;

/// <summary>Reads parts of the cluster's metadata out of the znodes. It keeps nothing.</summary>
internal sealed class ClusterReader(IMetadataSession session)
{
    public async ValueTask<string?> ClusterIdAsync(CancellationToken cancellation)
    {
        Znode? node = await FindAsync(ClusterLayout.ClusterId, cancellation);
        return node is null ? null : ZnodeJson.Read(ClusterLayout.ClusterId, node.Data, ZnodeBodies.Default.ClusterIdBody).Id;
    }

    public async ValueTask<BrokerId> ControllerAsync(CancellationToken cancellation)
    {
        Znode? node = await FindAsync(ClusterLayout.Controller, cancellation);
        if (node is null) return BrokerId.None;
        return new(ZnodeJson.Read(ClusterLayout.Controller, node.Data, ZnodeBodies.Default.ControllerBody).BrokerId);
    }

    public async ValueTask<int> ControllerEpochAsync(CancellationToken cancellation)
    {
        Znode? node = await FindAsync(ClusterLayout.ControllerEpoch, cancellation);
        if (node is null) return 0;
        if (int.TryParse(node.Data.Span, NumberStyles.None, CultureInfo.InvariantCulture, out int epoch)) return epoch;
        throw new CorruptMetadataException($"{ClusterLayout.ControllerEpoch} is not a number.");
    }

    public async ValueTask<IReadOnlyCollection<string>> NamesAsync(string parent, CancellationToken cancellation)
    {
        ZnodeResult<IReadOnlyCollection<string>> names = await session.ChildrenAsync(parent, cancellation);
        return names.Error switch
        {
            ZnodeError.None => names.Value!,
            ZnodeError.NoNode => [],
            _ => throw Refused(parent, names.Error),
        };
    }

    /// <summary>The registered broker, or null when it is not there.</summary>
    public async ValueTask<BrokerImage?> BrokerAsync(BrokerId broker, CancellationToken cancellation)
    {
        string path = ClusterLayout.Broker(broker);
        Znode? node = await FindAsync(path, cancellation);
        return node is null ? null : BrokerRegistration.Read(broker, path, node);
    }

    /// <summary>The topic with all its partitions and its config, or null when there is none.</summary>
    public async ValueTask<TopicImage?> TopicAsync(string name, CancellationToken cancellation)
    {
        string path = ClusterLayout.Topic(name);
        Znode? node = await FindAsync(path, cancellation);
        if (node is null) return null;
        TopicImage topic = TopicAssignment.Read(name, path, node);
        var partitions = ImmutableArray.CreateBuilder<PartitionImage>(topic.Partitions.Length);
        foreach (PartitionImage partition in topic.Partitions)
            partitions.Add(await WithStateAsync(name, partition, cancellation));
        return await WithConfigAsync(topic with { Partitions = partitions.MoveToImmutable() }, cancellation);
    }

    public async ValueTask<PartitionImage> WithStateAsync(
        string topic, PartitionImage partition, CancellationToken cancellation)
    {
        string path = ClusterLayout.PartitionState(topic, partition.Partition);
        Znode? node = await FindAsync(path, cancellation);
        return node is null ? partition : PartitionState.Read(partition, path, node);
    }

    public async ValueTask<TopicImage> WithConfigAsync(TopicImage topic, CancellationToken cancellation)
    {
        string path = ClusterLayout.TopicConfig(topic.Name);
        Znode? node = await FindAsync(path, cancellation);
        if (node is null) return topic with { Config = ConfigEntity.None, ConfigZxid = default };
        return topic with { Config = ConfigEntity.Read(path, node.Data), ConfigZxid = node.Stat.Modified };
    }

    public async ValueTask<ImmutableDictionary<string, string>> BrokerConfigAsync(
        string entity, CancellationToken cancellation)
    {
        string path = ZnodePath.Join(ClusterLayout.BrokerConfigs, entity);
        Znode? node = await FindAsync(path, cancellation);
        return node is null ? ConfigEntity.None : ConfigEntity.Read(path, node.Data);
    }

    private async ValueTask<Znode?> FindAsync(string path, CancellationToken cancellation)
    {
        ZnodeResult<Znode> read = await session.GetAsync(path, cancellation);
        return read.Error switch
        {
            ZnodeError.None => read.Value,
            ZnodeError.NoNode => null,
            _ => throw Refused(path, read.Error),
        };
    }

    private static MetadataUnavailableException Refused(string path, ZnodeError error) =>
        new($"{path} cannot be read: {error}.");
}
