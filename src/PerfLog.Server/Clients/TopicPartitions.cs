using PerfLog.Client.Admin;
using PerfLog.Client.Security;

namespace PerfLog.Server.Clients;

/// <summary>Which partitions a topic has, for commands that read them all.</summary>
internal static class TopicPartitions
{
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
}
