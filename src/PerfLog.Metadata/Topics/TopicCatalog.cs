using System.Collections.Immutable;

namespace PerfLog.Metadata;

/// <summary>
/// Creates, changes and deletes topics in the cluster's metadata, each in one transaction. When an operation returns, the
/// image of <see cref="ClusterMetadata"/> has its effect. Any thread may call it.
/// </summary>
/// <remarks>It decides about metadata alone; the brokers make and remove the logs when they see the image change.</remarks>
public sealed class TopicCatalog(IMetadataSession session, ClusterMetadata cluster, Random random)
{
    /// <summary>How often an operation starts anew because somebody else changed the same topic meanwhile.</summary>
    private const int AttemptsMax = 10;

    private readonly Lock _randomGate = new();

    /// <summary>Creates a topic, or with <paramref name="validateOnly"/> answers what would be created.</summary>
    public async ValueTask<CatalogResult<TopicImage>> CreateTopicAsync(
        NewTopic topic, bool validateOnly = false, CancellationToken cancellation = default)
    {
        if (NameProblem(topic.Name) is { } problem) return problem;
        CatalogResult<IReadOnlyList<PartitionImage>> partitions;
        Uuid id;
        lock (_randomGate)
        {
            partitions = new NewPartitions(cluster.Image, random).Of(topic);
            id = Uuid.NewRandom(random);
        }

        if (!partitions.Succeeded) return CatalogResult.Failed<TopicImage>(partitions.Error, partitions.Message!);
        var created = new TopicImage
        {
            Name = topic.Name,
            Id = id,
            Partitions = [.. partitions.Value!],
            Config = ConfigEntity.None.AddRange(topic.Config),
        };
        return validateOnly ? CatalogResult.Of(created) : await CommitNewAsync(created, cancellation);
    }

    /// <summary>Deletes a topic with all it has. Whoever knows an id only looks up the name in the image.</summary>
    /// <returns>The topic as it was.</returns>
    public async ValueTask<CatalogResult<TopicImage>> DeleteTopicAsync(string name, CancellationToken cancellation = default)
    {
        for (int attempt = 0; attempt < AttemptsMax; attempt++)
        {
            if (cluster.Image.Topics.Find(name) is not { } topic) return Unknown(name);
            CommitResult deleted = await session.CommitAsync(await DeletionAsync(topic, cancellation), cancellation);
            await RefreshAsync(name, cancellation);
            if (deleted.Succeeded) return CatalogResult.Of(topic);
            RequireConflict(deleted, ClusterLayout.Topic(name));
        }

        return Busy(name);
    }

    /// <summary>Lets a topic grow to <paramref name="count"/> partitions.</summary>
    /// <param name="name">The topic.</param>
    /// <param name="count">All partitions it shall have.</param>
    /// <param name="assignments">The replicas of the new ones, when the caller chooses them.</param>
    /// <param name="validateOnly">Changes nothing, and answers what would be.</param>
    /// <param name="cancellation">Stops the waiting.</param>
    public async ValueTask<CatalogResult<TopicImage>> AddPartitionsAsync(
        string name,
        int count,
        ImmutableSortedDictionary<int, ImmutableArray<BrokerId>>? assignments = null,
        bool validateOnly = false,
        CancellationToken cancellation = default)
    {
        if (!TopicName.TryValidate(name, out _)) return Unknown(name);
        for (int attempt = 0; attempt < AttemptsMax; attempt++)
        {
            ZnodeResult<Znode> node = await session.GetAsync(ClusterLayout.Topic(name), cancellation);
            await RefreshAsync(name, cancellation);
            if (!node.Succeeded || cluster.Image.Topics.Find(name) is not { } topic) return Unknown(name);
            CatalogResult<IReadOnlyList<PartitionImage>> added;
            lock (_randomGate) added = new NewPartitions(cluster.Image, random).Growing(topic, count, assignments);
            if (!added.Succeeded) return CatalogResult.Failed<TopicImage>(added.Error, added.Message!);

            TopicImage grown = topic with { Partitions = topic.Partitions.AddRange(added.Value!) };
            if (validateOnly) return CatalogResult.Of(grown);
            List<ZnodeChange> changes =
            [
                new ZnodeChange.SetData(
                    ClusterLayout.Topic(name), TopicAssignment.Write(grown.Id, grown.Partitions), node.Value!.Stat.Version),
                .. added.Value!.SelectMany(partition => CreationOf(name, partition)),
            ];
            CommitResult committed = await session.CommitAsync(changes, cancellation);
            await RefreshAsync(name, cancellation);
            if (committed.Succeeded) return CatalogResult.Of(cluster.Image.Topics.Find(name) ?? grown);
            if (committed.Error == ZnodeError.TooLarge) return TooLarge(name);
            RequireConflict(committed, ClusterLayout.Topic(name));
        }

        return Busy(name);
    }

    /// <summary>
    /// Changes a topic's configuration: reads the values set, lets <paramref name="change"/> make the new ones, and writes
    /// them if nobody else did meanwhile, otherwise starts anew.
    /// </summary>
    public async ValueTask<CatalogResult<TopicImage>> AlterConfigAsync(
        string name,
        Func<ImmutableDictionary<string, string>, CatalogResult<ImmutableDictionary<string, string>>> change,
        CancellationToken cancellation = default)
    {
        // No other name has a place in the tree, which holds a bad path for a mistake of ours.
        if (!TopicName.TryValidate(name, out _)) return Unknown(name);
        if (!await session.ExistsAsync(ClusterLayout.Topic(name), cancellation)) return Unknown(name);
        CatalogResult<ImmutableDictionary<string, string>> altered = await ConfigChange.CommitAsync(
            session, ClusterLayout.TopicConfig(name), ClusterLayout.Topic(name), change, cancellation);
        await RefreshAsync(name, cancellation);
        if (altered.Error != ErrorCode.None) return CatalogResult.Failed<TopicImage>(altered.Error, altered.Message!);
        return cluster.Image.Topics.Find(name) is { } topic ? CatalogResult.Of(topic) : Unknown(name);
    }

    private CatalogResult<TopicImage>? NameProblem(string name)
    {
        if (!TopicName.TryValidate(name, out string? problem))
            return CatalogResult.Failed<TopicImage>(ErrorCode.InvalidTopicException, $"The topic name \"{name}\" {problem}.");
        if (cluster.Image.Topics.Find(name) is not null) return Exists(name);
        if (!TopicName.MayCollide(name)) return null;
        TopicImage? other = cluster.Image.Topics.FirstOrDefault(topic => TopicName.Collide(topic.Name, name));
        return other is null
            ? null
            : CatalogResult.Failed<TopicImage>(
                ErrorCode.InvalidTopicException,
                $"The topic name \"{name}\" collides with the existing \"{other.Name}\": '.' and '_' count as the same.");
    }

    private async ValueTask<CatalogResult<TopicImage>> CommitNewAsync(TopicImage topic, CancellationToken cancellation)
    {
        string configPath = ClusterLayout.TopicConfig(topic.Name);
        byte[] config = ConfigEntity.Write(topic.Config);

        // Other tools may have set a configuration before the topic is there; the creation's takes its place.
        bool configExists = await session.ExistsAsync(configPath, cancellation);
        List<ZnodeChange> changes =
        [
            new ZnodeChange.Create(ClusterLayout.Topic(topic.Name), TopicAssignment.Write(topic.Id, topic.Partitions)),
            configExists
                ? new ZnodeChange.SetData(configPath, config, ZnodeVersion.Any)
                : new ZnodeChange.Create(configPath, config),
            new ZnodeChange.Create(ClusterLayout.Partitions(topic.Name), default),
            .. topic.Partitions.SelectMany(partition => CreationOf(topic.Name, partition)),
        ];
        CommitResult created = await session.CommitAsync(changes, cancellation);
        await RefreshAsync(topic.Name, cancellation);
        if (created.Succeeded) return CatalogResult.Of(cluster.Image.Topics.Find(topic.Name) ?? topic);
        if (created.Error == ZnodeError.NodeExists) return Exists(topic.Name);
        if (created.Error == ZnodeError.TooLarge) return TooLarge(topic.Name);
        throw new MetadataUnavailableException($"The topic {topic.Name} cannot be created: {created.Error}.");
    }

    private async ValueTask<List<ZnodeChange>> DeletionAsync(TopicImage topic, CancellationToken cancellation)
    {
        var changes = new List<ZnodeChange>();
        await AddDeletionsAsync(ClusterLayout.Topic(topic.Name), changes, cancellation);
        string config = ClusterLayout.TopicConfig(topic.Name);
        if (await session.ExistsAsync(config, cancellation)) changes.Add(new ZnodeChange.Delete(config, ZnodeVersion.Any));
        return changes;
    }

    private async ValueTask AddDeletionsAsync(string path, List<ZnodeChange> changes, CancellationToken cancellation)
    {
        ZnodeResult<IReadOnlyCollection<string>> children = await session.ChildrenAsync(path, cancellation);
        foreach (string child in children.Value ?? [])
            await AddDeletionsAsync(ZnodePath.Join(path, child), changes, cancellation);
        changes.Add(new ZnodeChange.Delete(path, ZnodeVersion.Any));
    }

    private ValueTask RefreshAsync(string name, CancellationToken cancellation) =>
        cluster.RefreshAsync([ClusterLayout.Topic(name)], cancellation);

    private static IEnumerable<ZnodeChange> CreationOf(string topic, PartitionImage partition) =>
    [
        new ZnodeChange.Create(ClusterLayout.Partition(topic, partition.Partition), default),
        new ZnodeChange.Create(ClusterLayout.PartitionState(topic, partition.Partition), PartitionState.Write(partition)),
    ];

    private static void RequireConflict(CommitResult result, string path)
    {
        if (result.Error is not (ZnodeError.BadVersion or ZnodeError.NoNode or ZnodeError.NotEmpty or ZnodeError.NodeExists))
            throw new MetadataUnavailableException($"{path} cannot be changed: {result.Error}.");
    }

    private static CatalogResult<TopicImage> Exists(string name) =>
        CatalogResult.Failed<TopicImage>(ErrorCode.TopicAlreadyExists, $"The topic \"{name}\" exists already.");

    private static CatalogResult<TopicImage> Unknown(string name) =>
        CatalogResult.Failed<TopicImage>(ErrorCode.UnknownTopicOrPartition, $"There is no topic \"{name}\".");

    private static CatalogResult<TopicImage> TooLarge(string name) =>
        CatalogResult.Failed<TopicImage>(
            ErrorCode.InvalidRequest,
            $"The replicas or the configuration of \"{name}\" would take more than {ZnodeLimits.DataBytesMax} bytes.");

    private static CatalogResult<TopicImage> Busy(string name) =>
        CatalogResult.Failed<TopicImage>(
            ErrorCode.RequestTimedOut, $"The topic \"{name}\" was changed by others {AttemptsMax} times in a row; try again.");
}
