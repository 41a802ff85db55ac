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
    private const int LogsAtOnceMax = 16;

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
        PartitionImage[] ours = [.. image.Partitions.Where(partition => partition.Replicas.Contains(broker))];

        // Making a log flushes several files; the file system joins the flushes of those that are made at once.
        Partition?[] logs = new Partition?[ours.Length];
        var parallelism = new ParallelOptions { MaxDegreeOfParallelism = LogsAtOnceMax };
        Parallel.For(0, ours.Length, parallelism, index => logs[index] = Apply(topic, ours[index], isNew: ours[index].Partition >= partitionsBefore));
        topic.SetAll(logs);

        // A topic is found only once its partitions are there: whoever sees it can use it.
        if (isNew) table.Add(topic);
    }

    private Partition? Apply(HostedTopic topic, PartitionImage image, bool isNew)
    {
        Partition? partition = topic.Find(image.Partition) ?? Open(topic, image.Partition, isNew);
        if (partition is null) return null;
        partition.Log.Options = topic.Settings.Log;
        if (image.Leader == broker) partition.BecomeLeader(new PartitionLeadership(image.Leader, image.LeaderEpoch, image.Isr.Length));
        return partition;
    }

    private Partition? Open(HostedTopic topic, int index, bool isNew)
    {
        var id = new TopicPartition(topic.Name, index);
        try
        {
            return new Partition(id, topic.Id, directories.Open(id, topic.Id, topic.Settings.Log, isNew));
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
