using System.Text.RegularExpressions;
using PerfLog.Client.Admin;
using PerfLog.Client.Security;

namespace PerfLog.Server.Clients;

/// <summary>Which partitions topics have, for commands that read them all.</summary>
internal static class TopicPartitions
{
    /// <summary>What matches the whole name of a topic, as Kafka's tools have it: a comma stands between alternatives, too.</summary>
    /// <exception cref="UsageException">It is no regular expression.</exception>
    public static Regex Pattern(string text)
    {
        try
        {
            return new Regex($"^(?:{text.Replace(',', '|')})$", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        catch (ArgumentException fault)
        {
            throw new UsageException($"--include: {fault.Message}", fault);
        }
    }

    /// <summary>The partitions of all topics that match now, but those that the cluster made for itself.</summary>
    public static async Task<TopicPartition[]> MatchAsync(
        string servers, SecurityOptions security, Regex pattern, CancellationToken cancellation)
    {
        await using AdminClient admin = AdminClient.Create(new AdminClientOptions { BootstrapServers = servers, Security = security });
        try
        {
            IReadOnlyList<TopicDescription> all = await admin.DescribeTopicsAsync(cancellation);
            return
            [
                .. all.Where(topic => !topic.IsInternal && pattern.IsMatch(topic.Name))
                    .SelectMany(static topic => topic.Partitions.Select(partition => new TopicPartition(topic.Name, partition.Partition))),
            ];
        }
        catch (AdminException refused)
        {
            throw new CommandException(refused.Message, refused);
        }
    }

    /// <exception cref="CommandException">There is no such topic, or it may not be described.</exception>
    public static async Task<TopicPartition[]> FindAsync(
        string servers, SecurityOptions security, string topic, CancellationToken cancellation)
    {
        await using AdminClient admin = AdminClient.Create(new AdminClientOptions { BootstrapServers = servers, Security = security });
        try
        {
            TopicDescription described = await admin.DescribeTopicAsync(topic, cancellation);
            return [.. described.Partitions.Select(partition => new TopicPartition(topic, partition.Partition))];
        }
        catch (AdminException refused)
        {
            throw new CommandException(refused.Message, refused);
        }
    }

    /// <summary>
    /// Asks the cluster for a topic that is to be written to: a producer by itself goes on trying in silence, for <c>max.block.ms</c>, where
    /// nobody answers or a partition is not there. A topic that does not exist may be made by the first record.
    /// </summary>
    /// <exception cref="IOException">No broker can be reached.</exception>
    /// <exception cref="CommandException">The topic has no such partition, or may not be described.</exception>
    public static async Task RequireWritableAsync(
        string servers, SecurityOptions security, string topic, int? partition, CancellationToken cancellation)
    {
        await using AdminClient admin = AdminClient.Create(new AdminClientOptions { BootstrapServers = servers, Security = security });
        try
        {
            TopicDescription described = await admin.DescribeTopicAsync(topic, cancellation);
            if (partition is { } wanted && described.Partitions.All(each => each.Partition != wanted))
                throw new CommandException($"Topic {topic} has no partition {wanted}.");
        }
        catch (AdminException refused) when (refused.Error == ErrorCode.UnknownTopicOrPartition)
        {
            // It is made, or not, when a record comes.
        }
        catch (AdminException refused)
        {
            throw new CommandException(refused.Message, refused);
        }
    }
}
