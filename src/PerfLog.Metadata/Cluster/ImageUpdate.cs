using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace PerfLog.Metadata;

/// <summary>
/// Makes the next image out of the current one by reading what is stale. A part that cannot be understood (another hand
/// wrote it) keeps its former state and is logged; the rest goes on. One use.
/// </summary>
internal sealed partial class ImageUpdate
{
    private readonly ClusterImage _before;
    private readonly ClusterReader _reader;
    private readonly ILogger _logger;
    private readonly HashSet<string> _topics = new(StringComparer.Ordinal);
    private readonly HashSet<BrokerId> _brokers = [];
    private ClusterImage _image;
    private bool _brokerConfigsChanged;

    public ImageUpdate(ClusterImage before, ClusterReader reader, ILogger logger)
    {
        _before = before;
        _image = before;
        _reader = reader;
        _logger = logger;
    }

    /// <summary>Reads all stale parts; null when nothing turned out to be different.</summary>
    public async ValueTask<ClusterChange?> ReadAsync(StaleParts stale, CancellationToken cancellation)
    {
        if (stale.Cluster) await UnlessCorruptAsync(() => ReadClusterAsync(cancellation));
        foreach (BrokerId broker in await BrokersOfAsync(stale, cancellation))
            await UnlessCorruptAsync(() => ReadBrokerAsync(broker, cancellation));
        foreach (string entity in await BrokerConfigsOfAsync(stale, cancellation))
            await UnlessCorruptAsync(() => ReadBrokerConfigAsync(entity, cancellation));

        IReadOnlySet<string> topics = await TopicsOfAsync(stale, cancellation);
        foreach (string topic in topics) await UnlessCorruptAsync(() => ReadTopicAsync(topic, cancellation));
        foreach (string topic in stale.TopicConfigs.Where(topic => !topics.Contains(topic)))
            await UnlessCorruptAsync(() => ReadTopicConfigAsync(topic, cancellation));
        foreach (IGrouping<string, int> partitions in stale.Partitions
            .Where(partition => !topics.Contains(partition.Topic))
            .GroupBy(static partition => partition.Topic, static partition => partition.Partition))
        {
            await UnlessCorruptAsync(() => ReadStatesAsync(partitions, cancellation));
        }

        return Change();
    }

    private ClusterChange? Change()
    {
        if (ReferenceEquals(_image, _before)) return null;
        ClusterImage after = _image with { Generation = _before.Generation + 1 };
        return new ClusterChange(_before, after, [.. _topics], [.. _brokers], _brokerConfigsChanged);
    }

    private async ValueTask<IReadOnlySet<BrokerId>> BrokersOfAsync(StaleParts stale, CancellationToken cancellation)
    {
        if (!stale.AllBrokers) return stale.Brokers;
        IReadOnlyCollection<string> names = await _reader.NamesAsync(ClusterLayout.BrokerIds, cancellation);
        return _before.Brokers.Keys.Concat(names.Select(ParseBroker).OfType<BrokerId>()).ToHashSet();
    }

    private async ValueTask<IReadOnlySet<string>> BrokerConfigsOfAsync(StaleParts stale, CancellationToken cancellation)
    {
        if (!stale.AllBrokerConfigs) return stale.BrokerConfigs;
        IReadOnlyCollection<string> names = await _reader.NamesAsync(ClusterLayout.BrokerConfigs, cancellation);
        IEnumerable<string> known = _before.BrokerConfigs.Keys.Select(static broker => broker.ToString());
        return known.Concat(names).Append(ClusterLayout.DefaultEntity).ToHashSet(StringComparer.Ordinal);
    }

    private async ValueTask<IReadOnlySet<string>> TopicsOfAsync(StaleParts stale, CancellationToken cancellation)
    {
        if (!stale.AllTopics) return stale.Topics;
        IReadOnlyCollection<string> names = await _reader.NamesAsync(ClusterLayout.Topics, cancellation);
        return _before.Topics.Select(static topic => topic.Name).Concat(names).ToHashSet(StringComparer.Ordinal);
    }

    private async ValueTask ReadClusterAsync(CancellationToken cancellation)
    {
        ClusterImage read = _image with
        {
            ClusterId = await _reader.ClusterIdAsync(cancellation),
            Controller = await _reader.ControllerAsync(cancellation),
            ControllerEpoch = await _reader.ControllerEpochAsync(cancellation),
        };
        if (read != _image) _image = read;
    }

    private async ValueTask ReadBrokerAsync(BrokerId broker, CancellationToken cancellation)
    {
        BrokerImage? read = await _reader.BrokerAsync(broker, cancellation);
        BrokerImage? known = _image.Brokers.GetValueOrDefault(broker);
        if (read?.Epoch == known?.Epoch) return;
        _brokers.Add(broker);
        _image = _image with
        {
            Brokers = read is null ? _image.Brokers.Remove(broker) : _image.Brokers.SetItem(broker, read),
        };
    }

    private async ValueTask ReadBrokerConfigAsync(string entity, CancellationToken cancellation)
    {
        ImmutableDictionary<string, string> read = await _reader.BrokerConfigAsync(entity, cancellation);
        bool isDefault = entity == ClusterLayout.DefaultEntity;
        if (!isDefault && ParseBroker(entity) is null) throw new CorruptMetadataException($"\"{entity}\" is no broker's id.");
        ImmutableDictionary<string, string> known = isDefault
            ? _image.DefaultBrokerConfig
            : _image.BrokerConfigs.GetValueOrDefault(ParseBroker(entity)!.Value, ConfigEntity.None);
        if (known.Count == read.Count && !known.Except(read).Any()) return;

        _brokerConfigsChanged = true;
        _image = isDefault
            ? _image with { DefaultBrokerConfig = read }
            : _image with { BrokerConfigs = WithConfig(ParseBroker(entity)!.Value, read) };
    }

    private ImmutableDictionary<BrokerId, ImmutableDictionary<string, string>> WithConfig(
        BrokerId broker, ImmutableDictionary<string, string> config) =>
        config.IsEmpty ? _image.BrokerConfigs.Remove(broker) : _image.BrokerConfigs.SetItem(broker, config);

    private async ValueTask ReadTopicAsync(string name, CancellationToken cancellation) =>
        Replace(name, await _reader.TopicAsync(name, cancellation));

    private async ValueTask ReadTopicConfigAsync(string name, CancellationToken cancellation)
    {
        if (_image.Topics.Find(name) is { } known) Replace(name, await _reader.WithConfigAsync(known, cancellation));
    }

    private async ValueTask ReadStatesAsync(IGrouping<string, int> partitions, CancellationToken cancellation)
    {
        if (_image.Topics.Find(partitions.Key) is not { } known) return;
        ImmutableArray<PartitionImage>.Builder read = known.Partitions.ToBuilder();

        // A number beyond the known ones belongs to partitions being added: the topic's own event brings them.
        foreach (int partition in partitions.Where(number => number < read.Count))
            read[partition] = await _reader.WithStateAsync(known.Name, read[partition], cancellation);
        Replace(known.Name, known with { Partitions = read.ToImmutable() });
    }

    private void Replace(string name, TopicImage? read)
    {
        TopicImage? known = _image.Topics.Find(name);
        if (known is null ? read is null : read is not null && known.IsSameAs(read)) return;
        _topics.Add(name);
        if (read is not null && known is not null) read = read.Sharing(known);
        _image = _image with { Topics = read is null ? _image.Topics.Without(name) : _image.Topics.With(read) };
    }

    private async ValueTask UnlessCorruptAsync(Func<ValueTask> read)
    {
        try
        {
            await read();
        }
        catch (CorruptMetadataException exception)
        {
            LogCorrupt(_logger, exception.Message);
        }
    }

    private static BrokerId? ParseBroker(string name) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? new BrokerId(id) : null;

    [LoggerMessage(LogLevel.Error, "Part of the cluster's metadata is left as it was: {Problem}")]
    private static partial void LogCorrupt(ILogger logger, string problem);
}
