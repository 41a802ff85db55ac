using Microsoft.Extensions.Logging;
using PerfLog.Broker.Configuration;
using PerfLog.Metadata;
using PerfLog.Replication;

namespace PerfLog.Broker.Partitions;

/// <summary>
/// Makes the hosted partitions what the cluster's metadata says: opens and deletes logs, takes leadership over, swaps
/// settings. Metadata changes reach it one at a time.
/// </summary>
internal sealed partial class PartitionHost(
    BrokerId broker,
    PartitionTable table,
    LogDirectorySet directories,
    Func<TopicImage, TopicSettings> settingsOf,
    ILogger logger)
{
    /// <summary>Takes over everything that the metadata gives to this broker. Once, at the start.</summary>
    public void ApplyAll(ClusterImage image)
    {
        foreach (TopicImage topic in image.Topics) Apply(topic, partitionsBefore: topic.Partitions.Length);
    }

    public void Apply(ClusterChange change)
    {
        foreach (string name in change.Topics)
        {
            TopicImage? after = change.After.Topics.Find(name);
            if (table.Find(name) is { } hosted && hosted.Id != after?.Id) Remove(hosted);
            TopicImage? before = change.Before.Topics.Find(name);
            if (after is not null) Apply(after, before?.Id == after.Id ? before.Partitions.Length : 0);
        }

        // Brokers' defaults hold for every topic that does not say otherwise.
        if (change.BrokerConfigsChanged) ApplyAll(change.After);
    }

    private void Apply(TopicImage image, int partitionsBefore)
    {
        TopicSettings settings = settingsOf(image);
        HostedTopic? topic = table.Find(image.Name);
        bool isNew = topic is null;
        topic ??= new HostedTopic(image.Name, image.Id, settings, image.Partitions.Length);
        topic.Settings = settings;
        foreach (PartitionImage partition in image.Partitions)
        {
            if (partition.Replicas.Contains(broker)) Apply(topic, partition, isNew: partition.Partition >= partitionsBefore);
        }

        // A topic is found only once its partitions are there: whoever sees it can use it.
        if (isNew) table.Add(topic);
    }

    private void Apply(HostedTopic topic, PartitionImage image, bool isNew)
    {
        Partition? partition = topic.Find(image.Partition) ?? Open(topic, image.Partition, isNew);
        if (partition is null) return;
        partition.Log.Options = topic.Settings.Log;
        if (image.Leader == broker) partition.BecomeLeader(new PartitionLeadership(image.Leader, image.LeaderEpoch, image.Isr.Length));
    }

    private Partition? Open(HostedTopic topic, int index, bool isNew)
    {
        var id = new TopicPartition(topic.Name, index);
        try
        {
            var partition = new Partition(id, topic.Id, directories.Open(id, topic.Id, topic.Settings.Log, isNew));
            topic.Set(index, partition);
            return partition;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The partition stays offline; the others and the broker live on.
            LogOffline(error, id);
            return null;
        }
    }

    private void Remove(HostedTopic topic)
    {
        table.Remove(topic);
        foreach (Partition? partition in topic.Partitions)
        {
            if (partition is null) continue;
            partition.Retire();
            directories.Delete(partition.Id);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The log of {Partition} cannot be opened; the partition is offline")]
    private partial void LogOffline(Exception error, TopicPartition partition);
}
