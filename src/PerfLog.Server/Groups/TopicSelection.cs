using System.Globalization;
using PerfLog.Client.Admin;

namespace PerfLog.Server.Groups;

/// <summary>Partitions named on the command line: <c>TOPIC</c> for all of a topic, or <c>TOPIC:0,1,2</c>.</summary>
internal static class TopicSelection
{
    public static async Task<IReadOnlyCollection<TopicPartition>> ResolveAsync(
        AdminClient client, IReadOnlyCollection<string> selections, CancellationToken cancellation)
    {
        List<TopicPartition> partitions = [];
        foreach (string selection in selections)
        {
            int colon = selection.LastIndexOf(':');
            if (colon >= 0)
            {
                partitions.AddRange(selection[(colon + 1)..].Split(',').Select(number =>
                    new TopicPartition(selection[..colon], PartitionNumber(number, selection))));
                continue;
            }

            TopicDescription topic = await client.DescribeTopicAsync(selection, cancellation);
            partitions.AddRange(topic.Partitions.Select(partition => new TopicPartition(selection, partition.Partition)));
        }

        return partitions;
    }

    private static int PartitionNumber(string text, string selection) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new UsageException($"--topic {selection}: \"{text}\" is no partition; say TOPIC or TOPIC:0,1,2.");
}
